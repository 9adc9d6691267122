import { type IncomingCall, sdpBody } from "@trunkline/sip-stack";
import { expect, test } from "vitest";
import { onlyPcma, plainSdp } from "../raw-peer.ts";
import { annsNumber, configText, type World } from "../world.ts";
import { lastRecord, trunkAsHandset } from "./setting.ts";

const config = configText.replace(`"${annsNumber}": { ring: [ann]`, `"${annsNumber}": { ring: [ann, ben, cy]`);

/** Answers each phone's call in its own way after it has rung for a second. */
async function ringing() {
  const { world, trunk } = await trunkAsHandset({ config });
  for (const phone of [world.ann, world.ben, world.cy]) phone.manner = "ignores";
  const call = trunk.dial(annsNumber);
  await world.clock.advance(1000);
  return { world, call };
}

const ringingAt = (phone: World["ann"]): IncomingCall => phone.last.sip as IncomingCall;

test.each([
  ["without audio of ours", onlyPcma],
  ["with SDP that is none", "hello"],
])("of several phones one that answers %s stops nobody else's, and another answers", async (_, answer) => {
  const { world, call } = await ringing();
  ringingAt(world.ben).answer(sdpBody(answer));
  await world.clock.advance(1000);
  expect([world.ann.last.ends, world.cy.last.ends, world.ben.last.ends.length]).toEqual([[], [], 1]);
  ringingAt(world.ann).answer(sdpBody(plainSdp()));
  await world.clock.advance(1000);
  expect([call.isAnswered, world.cy.last.ends.length]).toEqual([true, 1]);
  call.hangUp();
  await world.clock.advance(1000);
  expect((await lastRecord(world))?.answeredBy).toBe("b1");
});

test("when the last of several phones answers without usable audio, the caller is told so", async () => {
  const { world, call } = await ringing();
  for (const phone of [world.ann, world.cy]) ringingAt(phone).reject(480);
  await world.clock.advance(100);
  ringingAt(world.ben).answer(sdpBody(onlyPcma));
  await world.clock.advance(1000);
  expect(call.ends).toMatchObject([{ cause: "rejected", response: { status: 488 } }]);
  expect((await lastRecord(world))?.ending.code).toBe("no-common-audio");
});

test("of two phones that answer at once one has the call and the other gets a BYE", async () => {
  const { world, call } = await ringing();
  for (const phone of [world.ann, world.ben]) ringingAt(phone).answer(sdpBody(plainSdp()));
  await world.clock.advance(1000);
  expect([world.ann, world.ben, world.cy].map((phone) => phone.last.ends.length)).toEqual([0, 1, 1]);
  call.hangUp();
  await world.clock.advance(1000);
});

test("a phone that answers and hangs up at once leaves the others ringing or the call ended, and nothing behind", async () => {
  const { world, call } = await ringing();
  ringingAt(world.ben).answer(sdpBody(plainSdp()));
  world.clock.after(6, () => ringingAt(world.ben).hangUp());
  await world.clock.advance(40_000);
  expect(call.ends).toHaveLength(1);
  expect((await world.pbx.operations.status()).counters).toMatchObject({ sip: { dialogs: 0 }, media: { legs: 0 } });
});
