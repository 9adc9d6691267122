import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type Artefact, buildArtefact } from "../../scripts/build/artefact/artefact.ts";
import { type Architecture, architectures } from "../../scripts/build/artefact/fetch.ts";
import { pathOf } from "../../scripts/test/programs.ts";
import { callOf, hears, measure, microphone, voice } from "../e2e/browser/hears.ts";
import { openChromium } from "../harness/browser/chromium.ts";
import { phoneOn } from "../harness/browser/phone.ts";
import { ended, startChild } from "../harness/child.ts";
import { testNetwork } from "../harness/network.ts";
import { readLog } from "../harness/server/log.ts";
import { fetchDebian } from "./debian.ts";

const made = new Map<Architecture, Artefact>();
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "trunkline-artefact-"));
  for (const architecture of architectures) made.set(architecture, await buildArtefact(architecture));
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sha256Of = (file: string): string => createHash("sha256").update(readFileSync(file)).digest("hex");

/** Unpacks an artefact below a folder, after looking at its checksum as a host does. */
function unpack(architecture: Architecture, into: string): string {
  const { file } = made.get(architecture)!;
  execFileSync("sha256sum", ["--check", "--quiet", `${file}.sha256`], { cwd: join(file, "..") });
  mkdirSync(into, { recursive: true });
  execFileSync("tar", ["-xzf", file, "-C", into]);
  return `trunkline-linux-${architecture}`;
}

/** Starts a server and waits until it is ready. @returns where it is, and what ends it */
async function started(command: string, args: readonly string[], cwd: string) {
  const child = startChild(command, args, cwd);
  const [log, complaints] = [readLog(child.stdout), readLog(child.stderr)];
  const exit = ended(child);
  const ready = await log
    .waitFor(({ msg }) => msg === "ready")
    .catch((cause: Error) => {
      throw new Error(`${cause.message}\n${complaints.text()}`);
    });
  const stop = async (): Promise<number> => {
    child.kill("SIGINT");
    return exit;
  };
  onTestFinished(() => void child.kill("SIGKILL"));
  return { url: String(ready.url), stop };
}

test.each(architectures)(
  "%s: two builds are the same, byte for byte, and name all that they are made of",
  async (architecture) => {
    const before = made.get(architecture)!;
    const again = await buildArtefact(architecture);
    expect(again.sha256).toBe(before.sha256);
    expect(sha256Of(again.file)).toBe(before.sha256);
    const name = unpack(architecture, join(folder, architecture));
    const bill = JSON.parse(readFileSync(join(folder, architecture, name, "bill-of-materials.json"), "utf8"));
    expect(bill).toMatchObject({
      bomFormat: "CycloneDX",
      specVersion: "1.6",
      metadata: { component: { name: "trunkline" } },
    });
    const names = (bill.components as { name: string }[]).map((one) => one.name);
    expect(names).toEqual(
      expect.arrayContaining([
        "node",
        "libatomic1",
        "werift",
        "sip.js",
        "pino",
        "jssip",
        "@simplewebauthn/server",
        "@aws-sdk/client-cloudwatch-logs",
      ]),
    );
  },
  120_000,
);

describe("in a system with nothing but Debian's least", () => {
  const address = `${testNetwork()}.1`;

  test("it serves the phone and carries a call", async () => {
    const system = join(folder, "system");
    execFileSync(pathOf("debootstrap"), ["--variant=minbase", "stable", system], { stdio: "ignore" });
    expect(globSync("{,usr/}{bin,lib/**}/{node,libatomic.so*}", { cwd: system })).toEqual([]);
    const name = unpack("x64", join(system, "opt"));
    const server = await started(
      "chroot",
      [system, `/opt/${name}/trunkline`, "--socket", "/tmp/a.sock", "loopback", "--address", address],
      folder,
    );
    const browser = await openChromium({ microphone });
    onTestFinished(() => browser.close());
    const phone = phoneOn(await browser.context.newPage());
    await phone.goOnline(server.url);
    await phone.call("+1 202 555 0123");
    await phone.waitForState("In call");
    expect(measure(await hears(callOf(phone), [voice.hz], 2000))).toEqual(voice);
    await phone.hangUp();
    expect(await phone.reason()).toBe("You hung up.");
    expect(await server.stop()).toBe(0);
  }, 300_000);

  test("the one for arm64 starts and answers, too", async () => {
    const system = fetchDebian("arm64", ["libc6", "libgcc-s1", "libstdc++6"]);
    const name = unpack("arm64", join(folder, "arm64"));
    const here = join(folder, "arm64", name);
    expect(existsSync(join(here, "node/node"))).toBe(true);
    const emulated = ["-L", system, "-E", `LD_LIBRARY_PATH=${here}/node`, join(here, "node/node")];
    const server = await started(
      pathOf("qemu"),
      [...emulated, join(here, "server.mjs"), "loopback", "--address", address],
      folder,
    );
    const answered = await fetch(`${server.url}/healthz`);
    expect([answered.status, await answered.text()]).toEqual([200, "ok"]);
    expect(await (await fetch(server.url)).text()).toContain("<title>Trunkline</title>");
    expect(await server.stop()).toBe(0);
  }, 300_000);
});

test("its service is hardened: systemd rates what is left open at no more than 1.5 of 10", () => {
  const unit = join(folder, "x64", unpack("x64", join(folder, "x64")), "host/trunkline.service");
  const told = execFileSync("systemd-analyze", ["security", "--offline=true", unit], { encoding: "utf8" });
  expect(Number(/Overall exposure level for trunkline\.service: ([\d.]+)/.exec(told)?.[1])).toBeLessThanOrEqual(1.5);
});
