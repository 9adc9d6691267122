import { afterAll, beforeAll, expect, test } from "vitest";
import { makeSound } from "../../harness/audio/sound.ts";
import { recordingsOf } from "../../harness/browser/page.ts";
import { testNetwork } from "../../harness/network.ts";
import { type FarEnd, farEnd } from "../peers/far-end.ts";
import {
  bell,
  bellEveryMs,
  callOf,
  fromNow,
  hears,
  hearsNoMore,
  type Measured,
  measure,
  microphone,
  pageOf,
  ringback,
  voice,
} from "./hears.ts";
import { share } from "./shared.ts";

const network = testNetwork();
const [serverAddress, trunkAddress] = [`${network}.1`, `${network}.2`];
const [ownNumber, farNumber] = ["+12025550100", "+12025550123"];
const farVoice = { hz: 1500, levelDbfs: -14 } as const satisfies Measured;
const farSound = makeSound([{ seconds: 2, hz: [farVoice.hz], levelDbfs: farVoice.levelDbfs }], 8000);

const config = `version: 1
sip: { udp: "${serverAddress}:5060" }
trunk: { host: ${trunkAddress}, allow: ["${trunkAddress}"] }
numbers: { "${ownNumber}": { ring: [alice], ringSeconds: 30 } }
users: { alice: { name: Alice, callerId: "${ownNumber}" } }
media: { trunkPorts: 10000-10099, browserPorts: 10100-10199 }
http: { bind: "127.0.0.1:0" }
`;

let far: FarEnd;
beforeAll(async () => {
  far = await farEnd(trunkAddress, serverAddress, farSound);
});
// What is registered first is done last: the server still asks the trunk for signs of life.
afterAll(() => far.close());
const shared = share(() => ({ config }), { microphone }, { user: "alice" });

async function ringing() {
  const phone = await shared.phone();
  await phone.call(farNumber);
  const call = await far.nextCall();
  await phone.waitForState("Ringing");
  return { phone, call };
}

async function talking() {
  const { phone, call } = await ringing();
  call.answer();
  await phone.waitForState("In call");
  return { phone, call };
}

test("while a far end that sends no sound rings, the page plays the ring itself, and each side hears the other after the answer", async () => {
  const { phone, call } = await ringing();
  await hears(pageOf(phone), ringback, 1000);
  call.answer();
  await phone.waitForState("In call");
  expect(measure(await hears(callOf(phone), [farVoice.hz], 2000))).toEqual(farVoice);
  expect(measure(await hears(async () => call.sound.heard, [voice.hz], 2000))).toEqual(voice);
  await hearsNoMore(pageOf(phone), ringback, 500);
  await phone.hangUp();
  expect(await call.over).toMatchObject({ by: "remote", cause: "bye" });
});

test("each key that is pressed arrives at the far end once, for as long as the phone sounds it", async () => {
  const { phone, call } = await talking();
  const keys = "0123456789*#";
  await phone.press(keys);
  const presses = await call.sound.pressed(keys.length);
  expect(presses).toEqual([...keys].map((key) => ({ key, durationMs: 100, ends: 3 })));
  await phone.hangUp();
  await call.over;
  expect(call.sound.presses).toEqual(presses);
});

test("the far end hangs up", async () => {
  const { phone, call } = await talking();
  await hears(callOf(phone), [farVoice.hz], 500);
  call.hangUp();
  expect(await phone.reason()).toBe("The other side hung up.");
  expect(await phone.state()).toBe("Ended");
});

test("a person who gives up while it rings ends the ringing far away with CANCEL", async () => {
  const { phone, call } = await ringing();
  await phone.hangUp();
  expect(await phone.reason()).toBe("You cancelled the call.");
  expect(await call.over).toMatchObject({ by: "remote", cause: "cancel" });
});

test("a call from far away rings aloud, and each side hears the other after the answer", async () => {
  const phone = await shared.phone();
  const call = await far.call(farNumber, ownNumber);
  await hears(pageOf(phone), bell, 200);
  expect(await recordingsOf(phone.page)).toEqual([]);
  await phone.answer();
  await call.answered;
  await phone.waitForState("In call");
  expect(measure(await hears(callOf(phone), [farVoice.hz], 2000))).toEqual(farVoice);
  expect(measure(await hears(async () => call.sound.heard, [voice.hz], 2000))).toEqual(voice);
  await hearsNoMore(pageOf(phone), bell, 500);
  call.hangUp();
  expect(await phone.reason()).toBe("The other side hung up.");
});

test("a caller who hangs up while it rings stops the ringing", async () => {
  const phone = await shared.phone();
  const call = await far.call(farNumber, ownNumber);
  await hears(pageOf(phone), bell, 200);
  call.hangUp();
  expect(await phone.reason()).toBe("The caller hung up before anyone answered.");
  await hearsNoMore(pageOf(phone), bell, bellEveryMs);
});

test("on hold the far end hears two short tones and the page says so; afterwards each hears the other again", async () => {
  const { phone, call } = await talking();
  const farEar = async () => call.sound.heard;
  await hears(farEar, [voice.hz], 500);
  await phone.toggleHold();
  await phone.waitForState("On hold");
  await hearsNoMore(farEar, [voice.hz], 1000);
  const tone = await hears(farEar, [400], 160);
  expect(measure(tone).hz).toBe(400);
  await phone.toggleHold();
  await phone.waitForState("In call");
  await hears(await fromNow(farEar), [voice.hz], 1000);
  await hears(await fromNow(callOf(phone)), [farVoice.hz], 1000);
  await phone.hangUp();
  await call.over;
});
