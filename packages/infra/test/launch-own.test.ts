import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch } from "../lib/launch/launch.ts";
import { faultsOfOwn } from "../lib/launch/own-configuration.ts";
import { run } from "../lib/launch/system.ts";
import { readSettings } from "../lib/settings/settings.ts";
import { changesOf, makeWorld } from "./launch-world.ts";

const server = join(import.meta.dirname, "../../pbx/src/main.ts");
const desk = "desk=arn:aws:secretsmanager:us-east-1:111122223333:secret:desk-AbCdEf";
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "trunkline-own-test-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function written(yaml: string): string {
  const file = join(folder, "own.yaml");
  writeFileSync(file, yaml);
  return file;
}

/** What the real server says. */
async function faultsOf(yaml: string, context: Record<string, unknown> = {}): Promise<readonly string[]> {
  const read = readSettings({ areaCode: "618", configuration: written(yaml), ...context });
  if ("faults" in read) throw new Error(read.faults.join("\n"));
  return faultsOfOwn(read.settings, server, { run });
}

const deskPhone = `devices: { allow: [203.0.113.0/24] }
users:
  desk: { name: Desk, callerId: "{number}", device: { username: desk, password: { file: /etc/trunkline/secrets/desk-password } } }
`;

test("keys that the server takes have no faults, a secret's file included that only the host will have", async () => {
  expect(await faultsOf(deskPhone, { secrets: desk })).toEqual([]);
});

test("a file that no secret will bring, and keys that are none, are told by their keys", async () => {
  expect(await faultsOf(deskPhone)).toEqual([
    expect.stringMatching(/^users\.desk.*the file \/etc\/trunkline\/secrets\/desk-password cannot be read/),
  ]);
  expect(await faultsOf("users: { ann: { nam: Ann } }\n")).toEqual(
    expect.arrayContaining([expect.stringMatching(/^users\.ann.*nam/)]),
  );
});

test("launch says them and changes nothing", async () => {
  const world = await makeWorld();
  const parts = { ...world.parts, run, build: async () => ({ file: "none", server }) };
  const status = await launch(["-c", "areaCode=618", "-c", `configuration=${written("users: 3\n")}`, "--yes"], parts);
  expect([status, changesOf(world)]).toEqual([1, []]);
  expect(world.said.at(-1)).toMatch(/^Nothing was changed: the server does not take your configuration:\n {2}users: /);
  world.close();
});
