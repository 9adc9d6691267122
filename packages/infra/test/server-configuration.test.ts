import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { type Deployed, serverConfiguration } from "../lib/constructs/server-configuration.ts";
import { readSettings } from "../lib/settings/settings.ts";

const server = join(import.meta.dirname, "../../pbx/src/main.ts");
const deployed: Deployed = {
  connectorHost: "abcdefghijklm.voiceconnector.chime.aws",
  number: "+16185558387",
  address: "10.0.0.10",
  publicUrl: "https://d111111abcdef8.cloudfront.net",
  proxies: "10.0.0.0/16",
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "trunkline-configuration-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The configuration that a deployment with these settings gives the server, as a file. */
function configurationWith(context: Record<string, unknown>): string {
  const read = readSettings({ areaCode: "618", ...context });
  if ("faults" in read) throw new Error(read.faults.join("\n"));
  const file = join(folder, "trunkline.yaml");
  writeFileSync(file, serverConfiguration(read.settings, deployed));
  return file;
}

/** What the server itself says of it. */
function check(context: Record<string, unknown>): { readonly status: number | null; readonly output: string } {
  const ran = spawnSync(process.execPath, [server, "check", "--config", configurationWith(context)]);
  return { status: ran.status, output: `${ran.stdout}${ran.stderr}` };
}

const secret = (name: string): string => `arn:aws:secretsmanager:us-east-1:111122223333:secret:${name}-AbCdEf`;

test.each([
  {},
  { transport: "tcp", callingCountries: "US,GB", callsPerSecond: "3" },
  { deviceNetworks: "203.0.113.0/24", user: "ann", userName: "Ann" },
])("the server takes the configuration that is deployed with %j", (context) => {
  expect(check(context)).toMatchObject({ status: 0 });
});

test("with TLS and credentials it misses nothing but the files that only a host has", () => {
  const { status, output } = check({
    ...{ transport: "tls", sipName: "sip.example.com", sipCertificate: secret("sip"), credentials: secret("trunk") },
  });
  const faults = output.match(/^.*trunkline\.yaml:\d+:.*$/gm) ?? [];
  expect(status).toBe(2);
  expect(faults).toHaveLength(4);
  for (const fault of faults) expect(fault).toMatch(/\/etc\/trunkline\/secrets\/(sip|trunk)-\w+/);
});

test("keys of one's own come over it, and may name the number that is only ordered by the deployment", () => {
  const configuration = join(folder, "own.yaml");
  writeFileSync(
    configuration,
    `numbers: { "{number}": { ring: [me, ann], unanswered: reject } }
users: { ann: { name: Ann, extension: "102", callerId: "{number}" } }
calling: { maxCalls: 3 }
`,
  );
  expect(check({ configuration })).toMatchObject({ status: 0 });
  expect(parse(readFileSync(configurationWith({ configuration }), "utf8"))).toMatchObject({
    numbers: { "+16185558387": { ring: ["me", "ann"], unanswered: "reject" } },
    users: { me: { operator: true }, ann: { name: "Ann", callerId: "+16185558387" } },
    calling: { maxCalls: 3, callsPerSecond: 1 },
  });
});

test("a file of one's own that is not there, or has no keys, is a fault of the settings", () => {
  const faultsWith = (configuration: string) => readSettings({ areaCode: "618", configuration });
  expect(faultsWith(join(folder, "none.yaml"))).toEqual({
    faults: [expect.stringMatching(/^configuration: .*none\.yaml cannot be read: ENOENT/)],
  });
  writeFileSync(join(folder, "list.yaml"), "- a\n");
  expect(faultsWith(join(folder, "list.yaml"))).toEqual({
    faults: [expect.stringMatching(/^configuration: .*list\.yaml must have keys of the server's configuration$/)],
  });
});
