import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { buildArtefact } from "../../scripts/build/artefact/artefact.ts";
import { pathOf } from "../../scripts/test/programs.ts";
import { type Child, ended, startChild } from "../harness/child.ts";
import { testNetwork } from "../harness/network.ts";
import { readLog } from "../harness/server/log.ts";

/** A machine of its own, whose first process is systemd: its files are a folder, its network is this machine's. */
let folder: string;
let machine: Child;
const files = (path: string): string => join(folder, "machine", path);
const releases = (): string => files("opt/trunkline/releases");
const network = testNetwork();

type Ran = { readonly status: number; readonly output: string };

/** The machine's first process, as this machine numbers it: the one child of what has started it. */
function firstProcess(): string {
  const children = `/proc/${machine.pid}/task/${machine.pid}/children`;
  return existsSync(children) ? (readFileSync(children, "utf8").split(" ", 1)[0] ?? "") : "";
}

/** Runs a program inside. */
function inside(...words: readonly string[]): Ran {
  try {
    const output = execFileSync("nsenter", ["-t", firstProcess(), "-m", "-u", "-i", "-p", "-r", "-w", ...words], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    return { status: 0, output };
  } catch (fault) {
    const { status, stdout, stderr } = fault as { status: number; stdout: string; stderr: string };
    return { status: status ?? 1, output: `${stdout}${stderr}` };
  }
}

const lives = async (): Promise<string> =>
  fetch("http://127.0.0.1:9090/healthz").then(
    (response) => response.text(),
    () => "nothing",
  );
const current = (): string => readlinkSync(files("opt/trunkline/current")).split("/").at(-1) ?? "";
const state = (): string => inside("systemctl", "is-active", "trunkline").output.trim();

type Release = { readonly path: string; readonly sha256: string };

/** The artefact with a change, as it would come from the store. */
function releaseWith(name: string, change: (content: string) => void): Release {
  const content = join(folder, name, "trunkline-linux-x64");
  cpSync(join(folder, "first/trunkline-linux-x64"), content, { recursive: true });
  change(content);
  const path = files(`root/${name}.tar.gz`);
  execFileSync("tar", ["-czf", path, "-C", join(folder, name), "trunkline-linux-x64"]);
  rmSync(join(folder, name), { recursive: true });
  return { path: `/root/${name}.tar.gz`, sha256: createHash("sha256").update(readFileSync(path)).digest("hex") };
}
const swap = ({ path, sha256 }: Release): Ran => inside("/opt/trunkline/current/host/swap", path, sha256);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "trunkline-service-"));
  const artefact = await buildArtefact("x64");
  execFileSync(
    pathOf("debootstrap"),
    ["--variant=minbase", "--include=systemd,systemd-sysv,dbus", "stable", files("")],
    { stdio: "ignore" },
  );
  mkdirSync(join(folder, "first"));
  execFileSync("tar", ["-xzf", artefact.file, "-C", join(folder, "first")]);
  const release = artefact.sha256.slice(0, 16);
  mkdirSync(releases(), { recursive: true });
  // A disk of its own that holds two releases, and no third.
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=400M", "tmpfs", releases()]);
  cpSync(join(folder, "first/trunkline-linux-x64"), files(`opt/trunkline/releases/${release}`), { recursive: true });
  execFileSync("ln", ["-s", `/opt/trunkline/releases/${release}`, files("opt/trunkline/current")]);
  const host = join(folder, "first/trunkline-linux-x64/host");
  cpSync(join(host, "trunkline.service"), files("etc/systemd/system/trunkline.service"));
  cpSync(join(host, "trunkline.sysusers"), files("usr/lib/sysusers.d/trunkline.conf"));
  execFileSync("systemd-sysusers", [`--root=${files("")}`]);
  mkdirSync(files("etc/trunkline"));
  writeFileSync(
    files("etc/trunkline/trunkline.yaml"),
    `version: 1
sip: { udp: "${network}.1:5060" }
trunk: { host: ${network}.2, allow: ["${network}.2"] }
numbers: { "+16185558387": { ring: [me] } }
users: { me: { callerId: "+16185558387" } }
http: { bind: "${network}.1:8080" }
admin: { socket: /run/trunkline/trunkline.sock }
`,
  );
  execFileSync("ln", [
    "-s",
    "/etc/systemd/system/trunkline.service",
    files("etc/systemd/system/multi-user.target.wants/trunkline.service"),
  ]);
  machine = startChild(
    pathOf("nspawn"),
    ["--quiet", "--boot", "--register=no", "--keep-unit", "-D", files("")],
    folder,
  );
  const said = [readLog(machine.stdout), readLog(machine.stderr)];
  await vi
    .waitFor(async () => expect(await lives()).toBe("ok\n"), { timeout: 60_000, interval: 500 })
    .catch((cause: unknown) => {
      throw new Error(`the machine does not come up:\n${said.map((log) => log.text()).join("\n")}`, { cause });
    });
}, 300_000);
afterAll(async () => {
  const first = firstProcess();
  const isOff = ended(machine).then(() => true);
  inside("systemctl", "poweroff");
  // With its first process a machine is gone, and all that runs in it.
  if (!(await Promise.race([isOff, setTimeout(20_000, false)])) && first !== "") process.kill(Number(first), "SIGKILL");
  execFileSync("umount", ["--lazy", releases()]);
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

test("the service runs as its own user, hardened, and keeps its records in its own folder", () => {
  expect(state()).toBe("active");
  const shown = inside(
    "systemctl",
    "show",
    "trunkline",
    "-p",
    "User",
    "-p",
    "NoNewPrivileges",
    "-p",
    "ProtectSystem",
  ).output;
  expect(shown.trim().split("\n").sort()).toEqual(["NoNewPrivileges=yes", "ProtectSystem=strict", "User=trunkline"]);
  expect(inside("stat", "-c", "%U %a", "/var/lib/trunkline/trunkline.db").output.trim()).toBe("trunkline 600");
  expect(
    inside("/opt/trunkline/current/trunkline", "--socket", "/run/trunkline/trunkline.sock", "status").output,
  ).toContain("trunk mode");
});

test("a new version takes its place, with what was kept; one that is killed comes up again", async () => {
  const before = current();
  const { url } = JSON.parse(
    inside("/opt/trunkline/current/trunkline", "--socket", "/run/trunkline/trunkline.sock", "--json", "invite", "me")
      .output,
  ) as { url: string };
  const token = url.split("#join=")[1];
  const next = releaseWith("next", (content) => writeFileSync(join(content, "pages/next.txt"), "next"));
  expect(swap(next)).toEqual({ status: 0, output: `Version ${next.sha256.slice(0, 16)} runs.\n` });
  expect([current() === before, state(), await lives()]).toEqual([false, "active", "ok\n"]);
  const asked = {
    method: "POST",
    headers: { origin: `http://${network}.1:8080`, "content-type": "application/json" },
    body: JSON.stringify({ token }),
  };
  expect((await fetch(`http://${network}.1:8080/api/join/look`, asked)).status).toBe(200);
  inside("systemctl", "kill", "-s", "KILL", "trunkline");
  await expect.poll(lives, { timeout: 20_000, interval: 200 }).toBe("ok\n");
}, 120_000);

test("a checksum that is wrong, a disk that is full and a version that never lives leave the one that runs", () => {
  const before = current();
  const good = releaseWith("good", (content) => writeFileSync(join(content, "pages/good.txt"), "good"));
  const failures = [
    [{ ...good, sha256: "0".repeat(64) }, "is not what was to come"],
    [good, "No space left on device"],
  ] as const;
  for (const [release, words] of failures) {
    const { status, output } = swap(release);
    expect([status, output]).toEqual([1, expect.stringContaining(words)]);
    expect([current(), state(), readdirSync(releases()).length]).toEqual([before, "active", 2]);
  }
  for (const name of readdirSync(releases())) if (name !== before) rmSync(join(releases(), name), { recursive: true });
  const dead = releaseWith("dead", (content) => {
    const start = readFileSync(join(content, "trunkline"), "utf8");
    const dying = 'case " $* " in *" run "*) exit 3 ;; esac';
    writeFileSync(join(content, "trunkline"), start.replace("#!/bin/sh\n", `#!/bin/sh\n${dying}\n`));
  });
  const taken = swap(dead);
  expect([taken.status, taken.output]).toEqual([
    1,
    expect.stringMatching(/did not become ready within 60 s. Version \w+ runs again./),
  ]);
  expect([current(), state(), readdirSync(releases())]).toEqual([before, "active", [before]]);
}, 240_000);
