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
import { type FarEnd, farEnd } from "./peers/far-end.ts";

/** What is measured of a call. */
const measuredMs = 3000;
const network = testNetwork();
const [server, trunk, hall] = [`${network}.1`, `${network}.2`, `${network}.3`] as const;
const [ownNumber, outside] = ["+16185558387", "+12025550123"];
const [trunkSound, hallSound] = [goldenSound(40, 5), goldenSound(40, 6)];
const identity = testCertificate(server, hall);
const password = "a-secret";

let folder: string;
let running: Server;
let outsider: FarEnd;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "trunkline-tls-"));
  const [certificate, key] = [join(folder, "certificate.pem"), join(folder, "key.pem")];
  writeFileSync(certificate, identity.certificate);
  writeFileSync(key, identity.key);
  outsider = await farEnd(trunk, server, trunkSound);
  running = await startServer({
    config: `version: 1
sip: { udp: "${server}:5060", tls: { bind: "${server}:5061", certificate: ${certificate}, key: ${key} } }
trunk: { host: "${trunk}", allow: ["${trunk}"] }
numbers: { "${ownNumber}": { ring: [hall] } }
users: { hall: { callerId: "${ownNumber}", device: { username: hall, password: ${password} } } }
devices: { allow: [127.0.0.1] }
media: { trunkPorts: 10000-10999, browserPorts: 11000-11099 }
http: { bind: "127.0.0.1:0" }
storage: { path: ":memory:" }
`,
  });
});
afterAll(async () => {
  await outsider.close();
  expect(await running.stop()).toBe(0);
  rmSync(folder, { recursive: true, force: true });
});

/** baresip as a desk phone that speaks TLS and wants its sound encrypted. */
async function deskPhone(): Promise<Baresip> {
  const registers = { at: server, password };
  const phone = new Baresip({
    name: "hall",
    address: hall,
    says: hallSound,
    encrypted: true,
    tls: identity,
    registers,
  });
  onTestFinished(() => phone.abandon());
  await phone.ready;
  return phone;
}

test("a phone over TLS with keys in its SDP calls the network, which is in clear, and both are heard whole", async () => {
  const phone = await deskPhone();
  const arrives = outsider.nextCall();
  phone.dial(`sip:${outside}@${server}:5061`);
  const call = await arrives;
  call.answer();
  await setTimeout(4000);
  call.hangUp();
  await call.over;
  expectWhole(call.sound.heard, hallSound, measuredMs);
  expectWhole(await phone.stop(), trunkSound, measuredMs);
});

test("it is called from there as well", async () => {
  const phone = await deskPhone();
  const call = await outsider.call(outside, ownNumber);
  await call.answered;
  await setTimeout(4000);
  call.hangUp();
  await call.over;
  expectWhole(call.sound.heard, hallSound, measuredMs);
  expectWhole(await phone.stop(), trunkSound, measuredMs);
});
