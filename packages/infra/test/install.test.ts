import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
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
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Ran, type Release, swap } from "../host/swap.ts";

let folder: string;
let home: string;
let told: string[];
let commands: string[];
let health: (version: string) => "dead" | "alive" | "ready";
let running: string | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trunkline-swap-"));
  home = join(folder, "opt");
  mkdirSync(join(home, "releases"), { recursive: true });
  [told, commands, running] = [[], [], undefined];
  health = () => "ready";
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A release whose program takes every configuration, or none. */
function release(version: string, takesConfiguration = true): Release {
  const content = join(folder, `trunkline-linux-arm64`);
  rmSync(content, { recursive: true, force: true });
  mkdirSync(content);
  writeFileSync(
    join(content, "trunkline"),
    `#!/bin/sh\necho "${version} $1 $2 $3"\nexit ${takesConfiguration ? 0 : 2}\n`,
  );
  chmodSync(join(content, "trunkline"), 0o755);
  writeFileSync(join(content, "version"), version);
  const file = join(folder, `${version}.tar.gz`);
  execFileSync("tar", ["-czf", file, "-C", folder, basename(content)]);
  return { file, sha256: createHash("sha256").update(readFileSync(file)).digest("hex") };
}

const current = (): string => readFileSync(join(readlinkSync(join(home, "current")), "version"), "utf8");

/** systemd in a few words: what is started is what `current` points to. */
async function run(command: string, args: readonly string[]): Promise<Ran> {
  if (args[0] === "reset-failed") return { status: 0, output: "" };
  if (command === "systemctl") {
    commands.push(`${args[0]} ${args[0] === "start" ? current() : (running ?? "nothing")}`);
    running = args[0] === "start" ? current() : undefined;
    return { status: 0, output: "" };
  }
  try {
    return {
      status: 0,
      output: execFileSync(command, [...args], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }),
    };
  } catch (fault) {
    const { status, stdout, stderr } = fault as { status: number; stdout: string; stderr: string };
    return { status, output: `${stdout}${stderr}` };
  }
}

const put = (next: Release): Promise<void> =>
  swap(next, {
    home,
    config: "/etc/trunkline/trunkline.yaml",
    run,
    health: async () => (running === undefined ? "dead" : health(running)),
    sleep: async () => {},
    tell: (words) => void told.push(words),
  });

test("the first release, a second in its place, and the second once more", async () => {
  const [one, two] = [release("one"), release("two")];
  await put(one);
  await put(two);
  await put(two);
  expect(commands).toEqual(["stop nothing", "start one", "stop one", "start two"]);
  expect([current(), running]).toEqual(["two", "two"]);
  expect(told).toEqual(
    [one, two]
      .map(({ sha256 }) => `Version ${sha256.slice(0, 16)} runs.`)
      .concat(`Version ${two.sha256.slice(0, 16)} runs already.`),
  );
});

test("of the releases before, the last one is kept", async () => {
  const all = ["one", "two", "three"].map((version) => release(version));
  for (const one of all) await put(one);
  expect(readdirSync(join(home, "releases")).sort()).toEqual(
    all
      .slice(1)
      .map(({ sha256 }) => sha256.slice(0, 16))
      .sort(),
  );
});

const fails = async (next: Release, words: RegExp): Promise<void> => {
  await expect(put(next)).rejects.toThrow(words);
  expect([current(), running]).toEqual(["one", "one"]);
  expect(readdirSync(join(home, "releases"))).toHaveLength(1);
};

test("a checksum that is wrong, an archive that is none and a configuration that it does not take stop nothing", async () => {
  await put(release("one"));
  const stranger = release("two");
  await fails(
    { ...stranger, sha256: "0".repeat(64) },
    /is not what was to come: its SHA-256 is [0-9a-f]{64}, not 0{64}/,
  );
  writeFileSync(stranger.file, "no archive");
  const sha256 = createHash("sha256").update("no archive").digest("hex");
  await fails({ file: stranger.file, sha256 }, /cannot be unpacked in .*: .*gzip/s);
  await fails(
    release("three", false),
    /does not take the configuration: three check --config \/etc\/trunkline\/trunkline.yaml/,
  );
  expect(commands).toEqual(["stop nothing", "start one"]);
});

test("a disk that is full leaves the old one running and nothing of the new one", async () => {
  await put(release("one"));
  const full: typeof run = async (command, args) => {
    if (command !== "tar") return run(command, args);
    await run(command, args);
    return { status: 2, output: "tar: trunkline: Cannot write: No space left on device" };
  };
  const attempt = swap(release("two"), {
    home,
    config: "",
    run: full,
    health: async () => "ready",
    sleep: async () => {},
    tell: () => {},
  });
  await expect(attempt).rejects.toThrow("No space left on device");
  expect([current(), running, readdirSync(join(home, "releases")).length]).toEqual(["one", "one", 1]);
});

test("a version that never becomes ready is taken back", async () => {
  await put(release("one"));
  health = (version) => (version === "two" ? "alive" : "ready");
  await fails(release("two"), /did not become ready within 60 s. Version [0-9a-f]{16} runs again./);
  health = (version) => (version === "two" ? "dead" : "ready");
  await fails(release("two"), /did not become ready within 60 s/);
  expect(commands.slice(-4)).toEqual(["stop one", "start two", "stop two", "start one"]);
});

test("where the trunk is silent the old version is not ready either: a new one need only live", async () => {
  health = () => "alive";
  await put(release("one"));
  await put(release("two"));
  expect(current()).toBe("two");
});

test("a first release that does not live is told, and is there to be looked at", async () => {
  health = () => "dead";
  const first = release("one");
  await expect(put(first)).rejects.toThrow("does not start, and there is none before it");
  expect(existsSync(join(home, "releases", first.sha256.slice(0, 16), "version"))).toBe(true);
});
