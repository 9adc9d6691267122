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
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type HostSettings, install } from "../host/install.ts";
import type { HostParts, HostPaths, Ran } from "../host/parts.ts";
import type { Artefact } from "../host/release.ts";
import { mountVolume } from "../host/volume.ts";

let folder: string;
let paths: HostPaths;
let told: string[];
/** What was done to systemd and to disks. */
let commands: string[];
let health: (version: string) => "dead" | "alive" | "ready";
let running: string | undefined;
/** Answers of programs by how their command begins. */
let answers: Record<string, Ran>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trunkline-install-"));
  const below = (path: string): string => join(folder, path);
  paths = {
    home: below("opt"),
    etc: below("etc"),
    units: below("units"),
    sysusers: below("sys"),
    sysctl: below("sysctl"),
    data: below("data"),
  };
  mkdirSync(join(paths.home, "releases"), { recursive: true });
  mkdirSync(paths.etc);
  writeFileSync(join(paths.etc, "trunkline.yaml"), "version: 1\n");
  [told, commands, running, answers] = [[], [], undefined, {}];
  health = () => "ready";
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Programs warn on their second output, whatever they have to say on the first. */
const ran = (stdout = "", status = 0): Ran => ({ status, stdout, stderr: status === 0 ? "Warning: be warned\n" : "" });

/** A release whose program takes every configuration, or none; what `reload` says is what `reloads` has. */
function release(version: string, takesConfiguration = true): Artefact {
  const content = join(folder, `trunkline-linux-arm64`);
  rmSync(content, { recursive: true, force: true });
  mkdirSync(join(content, "host"), { recursive: true });
  const program = `#!/bin/sh\necho "${version} $1 $(cat $3)"\nexit ${takesConfiguration ? 0 : 2}\n`;
  writeFileSync(join(content, "trunkline"), program);
  chmodSync(join(content, "trunkline"), 0o755);
  writeFileSync(join(content, "version"), version);
  for (const name of ["trunkline.service", "trunkline-ship.service", "trunkline.sysusers", "trunkline.sysctl"])
    writeFileSync(join(content, "host", name), `${name} of ${version}`);
  const file = join(folder, `${version}.tar.gz`);
  execFileSync("tar", ["-czf", file, "-C", folder, basename(content)]);
  return { file, sha256: createHash("sha256").update(readFileSync(file)).digest("hex") };
}

const current = (): string => readFileSync(join(readlinkSync(join(paths.home, "current")), "version"), "utf8");
const configuration = (): string => readFileSync(join(paths.etc, "trunkline.yaml"), "utf8");

/** systemd in a few words: what is started is what `current` points to. */
function systemctl([verb = "", ...units]: readonly string[]): Ran {
  if (verb === "start" || verb === "stop") {
    commands.push(`${verb} ${verb === "start" ? current() : (running ?? "nothing")}`);
    running = verb === "start" ? current() : undefined;
  } else if (verb !== "reset-failed" && verb !== "daemon-reload") commands.push([verb, ...units].join(" "));
  return ran();
}

async function run(command: string, args: readonly string[]): Promise<Ran> {
  const line = [basename(command), ...args].join(" ");
  const answer = Object.entries(answers).find(([beginning]) => line.startsWith(beginning))?.[1];
  if (answer !== undefined) return answer;
  if (command === "systemctl") return systemctl(args);
  if (["systemd-sysusers", "chown", "mkfs.xfs", "xfs_growfs"].includes(command)) {
    commands.push(line);
    return ran();
  }
  try {
    return ran(execFileSync(command, [...args], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }));
  } catch (fault) {
    const { status, stdout, stderr } = fault as { status: number; stdout: string; stderr: string };
    return ran(`${stdout}${stderr}`, status);
  }
}

const parts = (): HostParts => ({
  paths,
  run,
  health: async () => (running === undefined ? "dead" : health(running)),
  sleep: async () => {},
  tell: (words) => void told.push(words),
});
const put = (next: Artefact): Promise<void> => install(next, undefined, parts());
const starts = (): string[] => commands.filter((command) => /^(start|stop) /.test(command));

describe("a release", () => {
  test("raises the kernel's limits before it starts, and one taken back to may know of none", async () => {
    await put(release("one"));
    expect(readFileSync(join(paths.sysctl, "60-trunkline.conf"), "utf8")).toBe("trunkline.sysctl of one");
    expect(commands.indexOf("restart systemd-sysctl.service")).toBeLessThan(commands.indexOf("start one"));
    answers["systemctl restart systemd-sysctl"] = ran("no such unit", 1);
    await put(release("two"));
    expect([current(), told.filter((words) => words.includes("limits"))]).toMatchObject(["two", [expect.any(String)]]);
  });

  test("comes first, a second takes its place, and the second once more changes nothing", async () => {
    const [one, two] = [release("one"), release("two")];
    await put(one);
    await put(two);
    await put(two);
    expect(starts()).toEqual(["start one", "stop one", "start two"]);
    expect([current(), running]).toEqual(["two", "two"]);
    expect(readFileSync(join(paths.units, "trunkline.service"), "utf8")).toBe("trunkline.service of two");
    expect(told).toEqual(
      [one, two]
        .map(({ sha256 }) => `Version ${sha256.slice(0, 16)} runs.`)
        .concat(`Version ${two.sha256.slice(0, 16)} runs already.`),
    );
  });

  test("that was the last one before is kept, and no other", async () => {
    const all = ["one", "two", "three"].map((version) => release(version));
    for (const one of all) await put(one);
    expect(readdirSync(join(paths.home, "releases")).sort()).toEqual(
      all
        .slice(1)
        .map(({ sha256 }) => sha256.slice(0, 16))
        .sort(),
    );
  });

  const fails = async (next: Artefact, words: RegExp): Promise<void> => {
    await expect(put(next)).rejects.toThrow(words);
    expect([current(), running]).toEqual(["one", "one"]);
    expect(readFileSync(join(paths.units, "trunkline.service"), "utf8")).toBe("trunkline.service of one");
  };

  test("whose checksum is wrong, that is no archive or does not take the configuration stops nothing", async () => {
    await put(release("one"));
    const before = starts();
    const stranger = release("two");
    await fails(
      { ...stranger, sha256: "0".repeat(64) },
      /is not what was to come: its SHA-256 is [0-9a-f]{64}, not 0{64}/,
    );
    writeFileSync(stranger.file, "no archive");
    const sha256 = createHash("sha256").update("no archive").digest("hex");
    await fails({ file: stranger.file, sha256 }, /cannot be unpacked in .*: .*gzip/s);
    await fails(release("three", false), /does not take the configuration: three check version: 1/);
    expect(starts()).toEqual(before);
  });

  test("for which the disk has no room leaves the old one running and nothing of itself", async () => {
    await put(release("one"));
    answers.tar = ran("tar: trunkline: Cannot write: No space left on device", 2);
    await fails(release("two"), /No space left on device/);
    expect(readdirSync(join(paths.home, "releases"))).toHaveLength(1);
  });

  test("that never becomes ready is taken back", async () => {
    await put(release("one"));
    health = (version) => (version === "two" ? "alive" : "ready");
    await fails(release("two"), /did not become ready within 60 s. Version [0-9a-f]{16} runs again./);
    health = (version) => (version === "two" ? "dead" : "ready");
    await fails(release("two"), /did not become ready within 60 s/);
    expect(starts().slice(-4)).toEqual(["stop one", "start two", "stop two", "start one"]);
    expect(readdirSync(join(paths.home, "releases"))).toHaveLength(1);
  });

  test("need only live where the trunk is silent: the old one is not ready either", async () => {
    health = () => "alive";
    await put(release("one"));
    await put(release("two"));
    expect(current()).toBe("two");
  });

  test("that is the first and does not live is told, and is there to be looked at", async () => {
    health = () => "dead";
    const first = release("one");
    rmSync(join(paths.etc, "trunkline.yaml"));
    await expect(put(first)).rejects.toThrow("There is no configuration in");
    await expect(install(first, settings(), parts())).rejects.toThrow("does not start, and there is none before it");
    expect(existsSync(join(paths.home, "releases", first.sha256.slice(0, 16), "version"))).toBe(true);
  });
});

/** A device of this test's own. */
const device = (): string => join(folder, "device");
const settings = (changes: Partial<HostSettings> = {}): HostSettings => {
  writeFileSync(device(), "");
  answers.blkid ??= ran('TYPE="xfs"');
  const shipping = { TRUNKLINE_LOG_GROUP: "/trunkline/server", TRUNKLINE_STACK: "trunkline" };
  const base = { region: "us-east-1", configuration: "version: 1\nnumbers: {}\n", secrets: {}, device: device() };
  return { ...base, volume: "vol-0abc", volumeGiB: 8, shipping, ...changes };
};

describe("settings", () => {
  test("come with the first release: the volume, the configuration, the service, what ships its logs", async () => {
    answers.blkid = ran("", 2);
    await install(release("one"), settings(), parts());
    expect([configuration(), running]).toEqual(["version: 1\nnumbers: {}\n", "one"]);
    const mount = `${paths.data.slice(1).replaceAll("/", "-")}.mount`;
    expect(readFileSync(join(paths.units, mount), "utf8")).toContain(`What=${device()}\nWhere=${paths.data}\n`);
    expect(commands.filter((command) => /mkfs|mount|grow/.test(command))).toEqual([
      `mkfs.xfs -q -L trunkline ${device()}`,
      `enable --quiet --now ${mount}`,
      `xfs_growfs ${paths.data}`,
    ]);
    expect(readFileSync(join(paths.etc, "ship.env"), "utf8")).toBe(
      "TRUNKLINE_LOG_GROUP=/trunkline/server\nTRUNKLINE_STACK=trunkline\n",
    );
    expect(commands.at(-1)).toBe("restart trunkline-ship.service");
  });

  test("that are as before change nothing", async () => {
    const one = release("one");
    await install(one, settings(), parts());
    commands = [];
    await install(one, settings(), parts());
    expect(commands.filter((command) => /mkfs|start/.test(command))).toEqual([]);
    expect(told.at(-1)).toMatch(/runs already/);
  });

  test("with other users and numbers are taken while calls are up; with other sections, by a new start", async () => {
    const one = release("one");
    await install(one, settings(), parts());
    const before = starts();
    answers["trunkline --socket"] = ran('{"users":2,"numbers":1,"restart":[]}');
    await install(one, settings({ configuration: "users: 2\n" }), parts());
    expect([configuration(), starts()]).toEqual(["users: 2\n", before]);
    expect(told.at(-1)).toMatch(/has taken the configuration/);
    answers["trunkline --socket"] = ran('{"users":2,"numbers":1,"restart":["trunk"]}');
    await install(one, settings({ configuration: "trunk: 2\n" }), parts());
    expect([configuration(), starts().slice(-2)]).toEqual(["trunk: 2\n", ["stop one", "start one"]]);
  });

  test("with which the server does not become ready are taken back, with the release", async () => {
    const [one, two] = [release("one"), release("two")];
    await install(one, settings(), parts());
    health = (version) => (version === "two" ? "dead" : "ready");
    const other = settings({ configuration: "users: 2\n" });
    await expect(install(two, other, parts())).rejects.toThrow(/runs again/);
    expect([configuration(), running]).toEqual(["version: 1\nnumbers: {}\n", "one"]);
  });

  test("name secrets, which the server alone may read; a new one starts it anew", async () => {
    const one = release("one");
    const secrets = { trunk: "arn:aws:secretsmanager:us-east-1:111122223333:secret:trunk-AbCdEf" };
    answers["aws secretsmanager get-secret-value --secret-id arn:"] = ran('{"username":"u","password":"first"}');
    await install(one, settings({ secrets }), parts());
    const file = join(paths.etc, "secrets/trunk-password");
    expect(readFileSync(file, "utf8")).toBe("first");
    expect(commands).toContain(`chown -R root:trunkline ${join(paths.etc, "secrets")}`);
    expect(execFileSync("stat", ["-c", "%a", file], { encoding: "utf8" })).toBe("640\n");
    answers["aws secretsmanager get-secret-value --secret-id arn:"] = ran('{"username":"u","password":"second"}');
    await install(one, settings({ secrets }), parts());
    expect([readFileSync(file, "utf8"), starts().slice(-2)]).toEqual(["second", ["stop one", "start one"]]);
    expect(JSON.stringify([told, configuration()])).not.toMatch(/first|second/);
    await install(one, settings(), parts());
    expect(readdirSync(join(paths.etc, "secrets"))).toEqual([]);
  });

  test("with a secret that is no JSON, or may not be read, stop nothing and show nothing of it", async () => {
    const one = release("one");
    await install(one, settings(), parts());
    const before = starts();
    const secrets = { trunk: "arn:aws:secretsmanager:us-east-1:111122223333:secret:trunk-AbCdEf" };
    answers["aws secretsmanager"] = ran("hush");
    await expect(install(one, settings({ secrets }), parts())).rejects.toThrow(
      /^The secret trunk must be JSON whose keys are texts.$/,
    );
    answers["aws secretsmanager"] = ran("AccessDeniedException", 254);
    await expect(install(one, settings({ secrets }), parts())).rejects.toThrow(
      "The secret trunk cannot be read: AccessDeniedException",
    );
    expect([starts(), running]).toEqual([before, "one"]);
  });
});

describe("the volume", () => {
  test("that does not come is told after two minutes", async () => {
    await expect(mountVolume("vol-0abc", parts())).rejects.toThrow(
      "The data volume vol-0abc is not attached: no /dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0abc.",
    );
  });

  test("of which blkid cannot say whether there is anything on it is never written to", async () => {
    writeFileSync(device(), "");
    mkdirSync(paths.units);
    answers.blkid = ran("ambivalent result", 8);
    await expect(mountVolume("vol-0abc", parts(), device())).rejects.toThrow("cannot be looked at: ambivalent result");
    expect(commands).toEqual([]);
  });
});
