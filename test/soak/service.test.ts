import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
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
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildArtefact } from "../../scripts/build/artefact/artefact.ts";
import { root } from "../../scripts/command.ts";
import { testNetwork } from "../harness/network.ts";
import { type Aws, startAws } from "./aws.ts";
import { type Machine, type Ran, startMachine } from "./machine.ts";

let folder: string;
let machine: Machine;
let aws: Aws;
/** What stands for the EBS volume. */
let device: string;
const network = testNetwork();
const trunkSecret = "arn:aws:secretsmanager:us-east-1:111122223333:secret:trunk-AbCdEf";

const releases = (): string => machine.files("opt/trunkline/releases");
const current = (): string => readlinkSync(machine.files("opt/trunkline/current")).split("/").at(-1) ?? "";
const said = async (...words: readonly string[]): Promise<string> => (await machine.run(...words)).output.trim();
const state = (): Promise<string> => said("systemctl", "is-active", "trunkline");
const mainPid = (): Promise<string> => said("systemctl", "show", "-p", "MainPID", "trunkline");
const trunkline = (...words: readonly string[]): Promise<Ran> =>
  machine.run("/opt/trunkline/current/trunkline", "--socket", "/run/trunkline/trunkline.sock", ...words);
const lives = async (): Promise<string> =>
  fetch("http://127.0.0.1:9090/healthz").then(
    (response) => response.text(),
    () => "nothing",
  );

type Release = { readonly key: string; readonly sha256: string };

/** The artefact with a change, in the store. */
function releaseWith(name: string, change: (content: string) => void): Release {
  const content = join(folder, name, "trunkline-linux-x64");
  cpSync(join(folder, "first/trunkline-linux-x64"), content, { recursive: true });
  change(content);
  const path = join(folder, `${name}.tar.gz`);
  execFileSync("tar", ["-czf", path, "-C", join(folder, name), "trunkline-linux-x64"]);
  rmSync(join(folder, name), { recursive: true });
  return stored(`${name}.tar.gz`, path);
}

function stored(key: string, path: string): Release {
  aws.objects.set(`assets/${key}`, path);
  return { key, sha256: createHash("sha256").update(readFileSync(path)).digest("hex") };
}

const configuration = (users: string): string => `version: 1
sip: { udp: "${network}.1:5060" }
trunk:
  host: ${network}.2
  allow: ["${network}.2"]
  credentials:
    username: { file: /etc/trunkline/secrets/trunk-username }
    password: { file: /etc/trunkline/secrets/trunk-password }
numbers: { "+16185558387": { ring: [me] } }
users: { ${users} }
http: { bind: "${network}.1:8080" }
admin: { socket: /run/trunkline/trunkline.sock }
storage: { path: /var/lib/trunkline/trunkline.db }
`;
const me = 'me: { callerId: "+16185558387" }';

/** Deploys as Systems Manager does: the document's script with its parameters, as root. */
function deploy({ key, sha256 }: Release, users = me): Promise<Ran> {
  const client = {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "x",
    AWS_SECRET_ACCESS_KEY: "y",
    AWS_ENDPOINT_URL: aws.url,
  };
  const settings = {
    region: "us-east-1",
    configuration: configuration(users),
    secrets: { trunk: trunkSecret },
    ...{ volume: "vol-0123456789abcdef0", volumeGiB: 8, device },
    shipping: {
      ...client,
      TRUNKLINE_LOG_GROUP: "trunkline",
      TRUNKLINE_LOG_STREAM: "i-0123456789abcdef0",
      TRUNKLINE_STACK: "trunkline",
    },
  };
  const parameters = {
    ...client,
    ...{ BUCKET: "assets", KEY: key, SHA256: sha256 },
    SETTINGS: Buffer.from(JSON.stringify(settings)).toString("base64"),
  };
  const variables = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
  return machine.run("env", ...variables, "sh", "/root/bootstrap.sh");
}

let first: Release;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "trunkline-service-"));
  const artefact = await buildArtefact("x64");
  mkdirSync(join(folder, "first"));
  execFileSync("tar", ["-xzf", artefact.file, "-C", join(folder, "first")]);
  execFileSync("truncate", ["-s", "320M", join(folder, "volume")]);
  device = execFileSync("losetup", ["--find", "--show", join(folder, "volume")], { encoding: "utf8" }).trim();
  aws = await startAws();
  aws.secrets.set(trunkSecret, '{"username":"trunk","password":"a password of the trunk"}');
  machine = await startMachine(join(folder, "machine"), [device]);
  cpSync(join(root, "packages/infra/host/bootstrap.sh"), machine.files("root/bootstrap.sh"));
  first = stored("first.tar.gz", artefact.file);
}, 300_000);
afterAll(async () => {
  await machine?.stop();
  aws?.close();
  if (device !== undefined) execFileSync("losetup", ["--detach", device]);
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

test("a machine with nothing of ours has the service after one run of the script: its own user, its own volume, its secrets", async () => {
  expect(await deploy(first)).toEqual({ status: 0, output: `Version ${first.sha256.slice(0, 16)} runs.\n` });
  expect([await state(), await lives()]).toEqual(["active", "ok\n"]);
  const shown = await said("systemctl", "show", "trunkline", "-p", "User,NoNewPrivileges,ProtectSystem");
  expect(shown.split("\n").sort()).toEqual(["NoNewPrivileges=yes", "ProtectSystem=strict", "User=trunkline"]);
  expect(await said("stat", "-c", "%U %a", "/var/lib/trunkline/trunkline.db")).toBe("trunkline 600");
  expect((await said("findmnt", "-n", "-o", "SOURCE,FSTYPE", "/var/lib/trunkline")).split(/\s+/)).toEqual(
    expect.arrayContaining([device, "xfs"]),
  );
  expect(await said("stat", "-c", "%U:%G %a", "/etc/trunkline/secrets/trunk-password")).toBe("root:trunkline 640");
  expect((await trunkline("status")).output).toContain("trunk mode");
  expect((await deploy(first)).output).toContain("runs already");
});

test("what the server says and how it does arrive in CloudWatch", async () => {
  const metrics = () => aws.lines.filter((line) => line.includes('"_aws"')).map((line) => JSON.parse(line));
  await expect.poll(metrics, { timeout: 90_000, interval: 500 }).not.toEqual([]);
  expect(metrics()[0]).toMatchObject({ Stack: "trunkline", Alive: 1, TrunkUp: 0, Calls: 0 });
  expect(aws.lines.filter((line) => line.includes('"msg":"ready"'))).toHaveLength(1);
  expect(aws.lines.join("\n")).not.toContain("a password of the trunk");
}, 120_000);

test("another user is taken while the server runs; a new version takes its place, with what was kept; one that is killed comes up again", async () => {
  const [before, pid] = [current(), await mainPid()];
  expect((await deploy(first, `${me}, ann: { callerId: "+16185558387" }`)).output).toContain(
    "has taken the configuration",
  );
  expect([await mainPid(), (await trunkline("invite", "ann")).status]).toEqual([pid, 0]);
  const { url } = JSON.parse((await trunkline("--json", "invite", "me")).output) as { url: string };
  const next = releaseWith("next", (content) => writeFileSync(join(content, "pages/next.txt"), "next"));
  expect(await deploy(next)).toEqual({ status: 0, output: `Version ${next.sha256.slice(0, 16)} runs.\n` });
  expect([current() === before, await state(), await lives()]).toEqual([false, "active", "ok\n"]);
  const asked = {
    method: "POST",
    headers: { origin: `http://${network}.1:8080`, "content-type": "application/json" },
    body: JSON.stringify({ token: url.split("#join=")[1] }),
  };
  expect((await fetch(`http://${network}.1:8080/api/join/look`, asked)).status).toBe(200);
  await machine.run("systemctl", "kill", "-s", "KILL", "trunkline");
  await expect.poll(lives, { timeout: 20_000, interval: 200 }).toBe("ok\n");
}, 120_000);

test("a checksum that is wrong, a disk that is full, a secret that is gone and a version that never lives leave the one that runs", async () => {
  const before = current();
  const good = releaseWith("good", (content) => writeFileSync(join(content, "pages/good.txt"), "good"));
  const stays = async (deployed: Promise<Ran>, words: RegExp): Promise<void> => {
    const { status, output } = await deployed;
    expect([status, output]).toEqual([1, expect.stringMatching(words)]);
    expect([current(), await state()]).toEqual([before, "active"]);
  };
  await stays(deploy({ ...good, sha256: "0".repeat(64) }), /is not what was to come/);
  await stays(deploy(good), /No space left on device/);
  expect(readdirSync(releases())).toHaveLength(2);
  for (const name of readdirSync(releases())) if (name !== before) rmSync(join(releases(), name), { recursive: true });
  const text = aws.secrets.get(trunkSecret) ?? "";
  aws.secrets.delete(trunkSecret);
  await stays(deploy(good), /The secret trunk cannot be read: .*ResourceNotFoundException/s);
  aws.secrets.set(trunkSecret, text);
  for (const name of readdirSync(releases())) if (name !== before) rmSync(join(releases(), name), { recursive: true });
  const dead = releaseWith("dead", (content) => {
    const start = readFileSync(join(content, "trunkline"), "utf8");
    const dying = 'case " $* " in *" run "*) exit 3 ;; esac';
    writeFileSync(join(content, "trunkline"), start.replace("#!/bin/sh\n", `#!/bin/sh\n${dying}\n`));
  });
  await stays(deploy(dead), /did not become ready within 60 s. Version \w+ runs again./);
  expect(readdirSync(releases())).toEqual([before]);
}, 240_000);
