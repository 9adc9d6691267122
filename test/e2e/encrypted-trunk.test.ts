import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { testCertificate } from "@trunkline/sip-stack/testing";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { goldenSound } from "../harness/audio/golden.ts";
import { expectWhole } from "../harness/audio/whole.ts";
import { testNetwork } from "../harness/network.ts";
import { Baresip } from "../harness/phones/baresip.ts";
import { type Server, startServer } from "../harness/server/server.ts";
import { released } from "./peers/counters.ts";
import { type FarEnd, farEnd } from "./peers/far-end.ts";

/** What is measured of a call. */
const measuredMs = 3000;
const network = testNetwork();
const [server, connector, lab] = [`${network}.1`, `${network}.2`, `${network}.3`] as const;
const [ownNumber, outside] = ["+16185558387", "+12025550123"];
const [trunkSound, labSound] = [goldenSound(40, 3), goldenSound(40, 4)];
const identity = testCertificate(server, connector);

let folder: string;
let running: Server;
let phone: FarEnd;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "trunkline-tls-"));
  const [certificate, key] = [join(folder, "certificate.pem"), join(folder, "key.pem")];
  writeFileSync(certificate, identity.certificate);
  writeFileSync(key, identity.key);
  phone = await farEnd(lab, server, labSound);
  running = await startServer({
    config: `version: 1
sip: { udp: "${server}:5060", tls: { bind: "${server}:5061", certificate: ${certificate}, key: ${key} } }
trunk: { host: "${connector}", allow: ["${connector}", 127.0.0.1], transport: tls, srtp: true }
numbers: { "${ownNumber}": { ring: [lab] } }
users: { lab: { callerId: "${ownNumber}", contact: "sip:${lab}:5060" } }
media: { trunkPorts: 10000-10999, browserPorts: 11000-11099 }
http: { bind: "127.0.0.1:0" }
`,
    env: { NODE_EXTRA_CA_CERTS: certificate },
  });
});
afterAll(async () => {
  await phone.close();
  expect(await running.stop()).toBe(0);
  rmSync(folder, { recursive: true, force: true });
});

/** baresip in the place of a Voice Connector that encrypts: it has the certificate of the trunk's host. */
async function startConnector(): Promise<Baresip> {
  const peer = new Baresip({ name: outside, address: connector, says: trunkSound, encrypted: true, tls: identity });
  onTestFinished(() => peer.abandon());
  await peer.ready;
  return peer;
}

type LegRecord = { readonly address: string; readonly received?: { readonly packets: number } };
const lastLegs = async (): Promise<readonly LegRecord[]> =>
  JSON.parse((await running.command("history", "--limit", "1", "--json")).stdout)[0].legs;

test("a call to a trunk that encrypts goes over TLS with keys in the SDP, and is heard whole both ways", async () => {
  const peer = await startConnector();
  const call = await phone.call("lab", outside);
  await call.answered;
  await setTimeout(4000);
  call.hangUp();
  await call.over;
  await released(running);
  expectWhole(call.sound.heard, trunkSound, measuredMs);
  expectWhole(await peer.stop(), labSound, measuredMs);
  expect((await lastLegs())[1]).toMatchObject({ address: `tls ${connector}:5061` });
});

test("so does a call from it", async () => {
  const peer = await startConnector();
  const arrives = phone.nextCall();
  peer.dial(`sip:${ownNumber}@${server}:5061`);
  const call = await arrives;
  call.answer();
  await setTimeout(4000);
  peer.hangUp();
  await call.over;
  await released(running);
  expectWhole(call.sound.heard, trunkSound, measuredMs);
  expectWhole(await peer.stop(), labSound, measuredMs);
  expect((await lastLegs())[0]?.address).toMatch(/^tls 127\./);
});
