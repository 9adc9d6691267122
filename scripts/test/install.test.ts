import { expect, test } from "vitest";
import { type Machine, remedyFor } from "./install.ts";
import { locate, programs } from "./programs.ts";

const forTests = programs.filter(({ isForSoak }) => isForSoak !== true);
const rootOnDebian: Machine = { isRoot: true, hasApt: true, consent: undefined };
const words = (machine: Partial<Machine>): string => {
  const remedy = remedyFor(forTests, { ...rootOnDebian, ...machine });
  return remedy.kind === "tell" ? remedy.words : remedy.kind;
};

test("nothing is done when nothing is missing", () => {
  expect(remedyFor([], rootOnDebian)).toEqual({ kind: "none" });
});

test("root on a Debian-like system gets each package once", () => {
  expect(remedyFor(forTests, rootOnDebian)).toEqual({
    kind: "install",
    packages: ["chromium", "firefox-esr", "sip-tester", "baresip-core", "linphone-cli", "build-essential", "iproute2"],
  });
});

test("TRUNKLINE_INSTALL=no turns the installation into the command that does it", () => {
  expect(words({ consent: "no" })).toContain(
    "\n  apt-get install -y --no-install-recommends chromium firefox-esr sip-tester baresip-core linphone-cli build-essential iproute2",
  );
});

test("an ordinary user is told the command with sudo, another system the packages", () => {
  expect(words({ isRoot: false })).toContain("sudo apt-get install");
  expect(words({ hasApt: false })).toContain(
    "your system's package manager (Debian's names): chromium firefox-esr sip-tester baresip-core linphone-cli build-essential iproute2",
  );
});

test("a browser named by its variable is the only one that counts", () => {
  const [chromium] = programs;
  const env = { PATH: "/bin", TRUNKLINE_CHROMIUM: "/opt/chromium/chrome" };
  expect(locate(chromium!, { env, isExecutable: () => true })).toBe("/opt/chromium/chrome");
  expect(locate(chromium!, { env, isExecutable: (path) => path === "/bin/chromium" })).toBeUndefined();
  expect(locate(chromium!, { env: { PATH: "" }, isExecutable: (path) => path === "/usr/bin/chromium" })).toBe(
    "/usr/bin/chromium",
  );
});
