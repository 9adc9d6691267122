import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { goldenSound } from "../harness/audio/golden.ts";
import { type Interval, intervalsOf } from "../harness/audio/intervals.ts";
import { between, durationMs, type Sound } from "../harness/audio/sound.ts";
import { expectWhole } from "../harness/audio/whole.ts";
import { testNetwork } from "../harness/network.ts";
import { Baresip } from "../harness/phones/baresip.ts";
import { Linphonec } from "../harness/phones/linphonec.ts";
import { type Server, startServer } from "../harness/server/server.ts";
import { callsOver, lastRecord } from "./peers/counters.ts";
import { type FarEnd, farEnd, type PlacedCall } from "./peers/far-end.ts";

/** What is measured of a call, and how long both talk for that. */
const measuredMs = 2000;
const talkMs = 3000;
const network = testNetwork();
const [server, trunk] = [`${network}.1`, `${network}.2`];
const [hallsNumber, yardsNumber, outside] = ["+16185558387", "+16185558388", "+12025550123"];

/** baresip sends its sound from 127.0.0.1. */
const devices = {
  hall: { address: `${network}.11`, password: "first-secret", says: goldenSound(60, 0) },
  yard: { address: `${network}.12`, password: "second-secret", says: goldenSound(60, 1) },
} as const;
const trunkSound = goldenSound(60, 2);
const holdHz = [400];

const config = `version: 1
sip: { udp: "${server}:5060" }
trunk: { host: ${trunk}, allow: ["${trunk}"] }
numbers:
  "${hallsNumber}": { ring: [hall] }
  "${yardsNumber}": { ring: [yard] }
users:
  hall: { callerId: "${hallsNumber}", extension: "101", device: { username: hall, password: "first-secret" } }
  yard: { callerId: "${yardsNumber}", extension: "102", device: { username: yard, password: "second-secret" } }
devices: { allow: [127.0.0.1, "${devices.yard.address}"] }
calling: { callsPerSecond: 10 }
media: { trunkPorts: 10000-10999, browserPorts: 11000-11099, workers: 2 }
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
  await outsider.close();
  expect(await running.stop()).toBe(0);
});

const uriOf = (user: string): string => `sip:${user}@${server}`;

async function hallPhone(): Promise<Baresip> {
  const phone = new Baresip({
    name: "hall",
    ...devices.hall,
    registers: { at: server, password: devices.hall.password },
  });
  onTestFinished(() => phone.abandon());
  await phone.ready;
  return phone;
}

async function yardPhone(): Promise<Linphonec> {
  const phone = new Linphonec({
    name: "yard",
    ...devices.yard,
    registers: { at: server, password: devices.yard.password },
  });
  onTestFinished(() => phone.abandon());
  await phone.ready;
  return phone;
}

async function callTo(number: string): Promise<PlacedCall> {
  const call = await outsider.call(outside, number);
  await call.answered;
  return call;
}

/** The stretches of the hold tone, in whole tenths of a second. */
const holdTones = (heard: Sound): readonly Interval[] => intervalsOf(heard, { hz: holdHz });

/** Resolves when the far end has heard the two short tones that say that it is on hold. */
const hearsHold = ({ sound }: PlacedCall, beforeMs: number): Promise<void> =>
  vi.waitFor(
    () => expect(holdTones(between(sound.heard, beforeMs, Number.MAX_SAFE_INTEGER)).length).toBeGreaterThan(1),
    { timeout: 15_000, interval: 200 },
  );

/** The longest time in which nothing came, from a moment on. */
const longestGapMs = ({ sound }: PlacedCall, sinceMs: number): number => {
  const since = sound.arrivalsMs.filter((atMs) => atMs >= sinceMs);
  return Math.max(...since.map((atMs, at) => atMs - (since[at - 1] ?? sinceMs)));
};

/** The last of what was heard is what was said, whole. */
const expectLast = (heard: Sound, said: Sound): void => {
  const endMs = durationMs(heard);
  expectWhole(between(heard, endMs - measuredMs - 500, endMs), said, measuredMs);
};

test.each(["baresip", "linphonec"])(
  "%s holds: the network hears the tones, and afterwards its voice again",
  async (kind) => {
    const phone = kind === "baresip" ? await hallPhone() : await yardPhone();
    const call = await callTo(kind === "baresip" ? hallsNumber : yardsNumber);
    await setTimeout(talkMs);
    const beforeMs = durationMs(call.sound.heard);
    phone.hold();
    await hearsHold(call, beforeMs);
    phone.resume();
    await setTimeout(talkMs);
    const { heard } = call.sound;
    call.hangUp();
    await call.over;
    expectLast(heard, kind === "baresip" ? devices.hall.says : devices.yard.says);
    await callsOver(running);
    expect(await lastRecord(running)).toMatchObject({ ending: { code: "hung-up" }, changes: [] });
  },
);

test("baresip transfers a caller of the network to linphonec, and both hear each other whole", async () => {
  const [hall, yard] = [await hallPhone(), await yardPhone()];
  const call = await callTo(hallsNumber);
  await setTimeout(talkMs);
  const askedMs = performance.now();
  hall.transfer(uriOf("102"));
  await setTimeout(2 * talkMs);
  expect(longestGapMs(call, askedMs)).toBeLessThan(300);
  const { heard } = call.sound;
  call.hangUp();
  await call.over;
  expectLast(heard, devices.yard.says);
  expectLast(await yard.stop(), trunkSound);
  await callsOver(running);
  expect(await lastRecord(running)).toMatchObject({ changes: [{ kind: "blind-transfer", to: "c1" }] });
});

test("linphonec asks baresip first and then connects its caller with it, and both hear each other whole", async () => {
  const [hall, yard] = [await hallPhone(), await yardPhone()];
  const call = await callTo(yardsNumber);
  await setTimeout(talkMs);
  yard.hold();
  await setTimeout(1000);
  yard.dial(uriOf("101"));
  await setTimeout(talkMs);
  const connectedMs = performance.now();
  yard.connect();
  await setTimeout(2 * talkMs);
  expect(longestGapMs(call, connectedMs)).toBeLessThan(300);
  const { heard } = call.sound;
  call.hangUp();
  await call.over;
  expectLast(heard, devices.hall.says);
  expectLast(await hall.stop(), trunkSound);
  await callsOver(running);
  const records = JSON.parse((await running.command("history", "--limit", "2", "--json")).stdout);
  expect(records).toMatchObject([
    { direction: "internal", ending: { code: "transferred" } },
    { direction: "inbound", ending: { code: "hung-up" }, changes: [{ kind: "attended-transfer" }] },
  ]);
});
