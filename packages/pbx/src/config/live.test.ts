import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testCertificate } from "@trunkline/sip-stack/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LiveConfig } from "./live.ts";
import { readConfig } from "./read.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trunkline-live-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const pair = testCertificate("sip.example");
const renewed = testCertificate("sip.example");

/** The configuration as it is read while these are its certificate and key. */
function read({ certificate, key }: typeof pair, port = 5061) {
  writeFileSync(join(folder, "certificate.pem"), certificate);
  writeFileSync(join(folder, "key.pem"), key);
  return readConfig(
    `version: 1
sip:
  udp: 10.0.0.5:5060
  tls: { bind: "10.0.0.5:${port}", certificate: ${folder}/certificate.pem, key: ${folder}/key.pem }
trunk: { host: 3.80.16.13, allow: [us-east-1] }
numbers: { "+12025550100": { ring: [desk] } }
users: { desk: { name: Desk, callerId: "+12025550100", contact: "sip:10.1.0.1:5060" } }
`,
    "t.yaml",
  );
}

function configOf(...args: Parameters<typeof read>) {
  const config = read(...args);
  if ("faults" in config) throw new Error(config.faults.join("\n"));
  return config.config;
}

test("a renewed certificate is taken without a restart", () => {
  const live = new LiveConfig(configOf(pair));
  expect(live.take(configOf(renewed))).toEqual([]);
  expect(live.current.sip.tls).toMatchObject(renewed);
});

test("another port needs a restart, and the certificate is taken all the same", () => {
  const live = new LiveConfig(configOf(pair));
  expect(live.take(configOf(renewed, 5071))).toEqual(["sip"]);
  expect(live.current.sip.tls).toMatchObject({ ...renewed, bind: { port: 5061 } });
});

test("a key of another certificate is a fault of the file", () => {
  expect(read({ ...pair, key: renewed.key })).toMatchObject({
    faults: [expect.stringMatching(/sip\.tls: its certificate and key cannot be used together/)],
  });
});
