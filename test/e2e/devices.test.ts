import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { goldenSound } from "../harness/audio/golden.ts";
import type { Sound } from "../harness/audio/sound.ts";
import { expectWhole } from "../harness/audio/whole.ts";
import { testNetwork } from "../harness/network.ts";
import { Baresip } from "../harness/phones/baresip.ts";
import { Linphonec } from "../harness/phones/linphonec.ts";
import type { Phone } from "../harness/phones/phone.ts";
import { type Server, startServer } from "../harness/server/server.ts";
import { lastRecord, released } from "./peers/counters.ts";
import { type FarEnd, farEnd } from "./peers/far-end.ts";

/** What is measured of a call. */
const measuredMs = 3000;
const network = testNetwork();
const [server, trunk] = [`${network}.1`, `${network}.2`];
const [ownNumber, outside] = ["+16185558387", "+12025550123"];

/** The phones of the house, each with an address, a password and a sound of its own. baresip sends its sound from 127.0.0.1. */
const devices = {
  hall: { kind: Baresip, address: `${network}.11`, password: "first-secret", extension: "101", at: 0 },
  yard: { kind: Linphonec, address: `${network}.12`, password: "second-secret", extension: "102", at: 1 },
} as const;
type Name = keyof typeof devices;
const trunkSound = goldenSound(40, 2);

const config = `version: 1
sip: { udp: "${server}:5060" }
trunk: { host: ${trunk}, allow: ["${trunk}"] }
numbers: { "${ownNumber}": { ring: [hall, yard] } }
users:
${Object.entries(devices)
  .map(
    ([name, { extension, password }]) =>
      `  ${name}: { callerId: "${ownNumber}", extension: "${extension}", device: { username: ${name}, password: "${password}" } }`,
  )
  .join("\n")}
devices: { allow: [127.0.0.1, "${devices.yard.address}"] }
calling: { callsPerSecond: 10 }
media: { trunkPorts: 10000-10999, browserPorts: 11000-11099 }
http: { bind: "127.0.0.1:0" }
storage: { path: ":memory:" }
`;

let running: Server;
let outsider: FarEnd;
beforeAll(async () => {
  outsider = await farEnd(trunk, server, trunkSound);
  running = await startServer({ config });
});
afterAll(async () => {
  await released(running);
  await outsider.close();
  expect(await running.stop()).toBe(0);
});

/** Starts phones; each has registered when this resolves. */
async function start<Names extends readonly Name[]>(...names: Names): Promise<{ [at in keyof Names]: Phone }> {
  const phones = names.map((name) => {
    const { kind: Kind, address, password, at } = devices[name];
    const phone: Phone = new Kind({ name, address, says: goldenSound(40, at), registers: { at: server, password } });
    onTestFinished(() => phone.abandon());
    return phone;
  });
  await Promise.all(phones.map(({ ready }) => ready));
  return phones as unknown as { [at in keyof Names]: Phone };
}

const uriOf = (user: string): string => `sip:${user}@${server}`;
const saidBy = (name: Name): Sound => goldenSound(40, devices[name].at);

/** Both have been talking for so long that what is measured has come. */
const talk = (): Promise<void> => setTimeout(4000);

test("baresip calls out: the network hears it and is heard, and sees the owned number", async () => {
  const [hall] = await start("hall");
  const arrives = outsider.nextCall();
  hall.dial(uriOf(outside));
  const call = await arrives;
  call.answer();
  await talk();
  hall.hangUp();
  expect(await call.over).toMatchObject({ by: "remote", cause: "bye" });
  expectWhole(call.sound.heard, saidBy("hall"), measuredMs);
  expectWhole(await hall.stop(), trunkSound, measuredMs);
  await released(running);
  expect(await lastRecord(running)).toMatchObject({ from: "hall", to: outside, direction: "outbound" });
});

test("linphonec is called from the network and answers, though another phone has gone without a word", async () => {
  const [yard] = await start("yard");
  const call = await outsider.call(outside, ownNumber);
  await call.answered;
  await talk();
  call.hangUp();
  await call.over;
  expectWhole(call.sound.heard, saidBy("yard"), measuredMs);
  expectWhole(await yard.stop(), trunkSound, measuredMs);
  await released(running);
  expect(await lastRecord(running)).toMatchObject({ from: outside, to: ownNumber, ending: { by: "caller" } });
});

test("they call each other by extension, and what each says is heard whole", async () => {
  const [hall, yard] = await start("hall", "yard");
  yard.dial(uriOf(devices.hall.extension));
  await talk();
  yard.hangUp();
  await released(running);
  expectWhole(await hall.stop(), saidBy("yard"), measuredMs);
  expectWhole(await yard.stop(), saidBy("hall"), measuredMs);
  expect(await lastRecord(running)).toMatchObject({ from: "yard", to: "hall", direction: "internal" });
});
