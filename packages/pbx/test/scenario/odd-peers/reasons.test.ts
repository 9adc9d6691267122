import { reasonsOf, type SipMessage } from "@trunkline/sip-stack";
import { expect, test } from "vitest";
import { annsNumber, ownNumber, type World } from "../world.ts";
import { lastRecord, trunkAsHandset } from "./setting.ts";

/** The requests of a method that the server sent to an address. */
const sentTo = ({ wire }: World, address: string, method: string): SipMessage[] =>
  wire.flatMap(({ direction, flow, message }) =>
    direction === "out" && flow.remote.address === address && message?.kind === "request" && message.method === method
      ? [message]
      : [],
  );

const elsewhere = { protocol: "SIP", cause: 200, text: "Call completed elsewhere" };

test.each([
  ["SIP", 'SIP;cause=200;text="Call completed elsewhere"'],
  ["SIP without words", "SIP ;cause=200"],
  ["SIP in small letters", 'sip;cause=200;text="answered"'],
  ["Q.850", "Q.850;cause=26"],
])("a CANCEL that says answered elsewhere by %s tells the phones so, RFC 3326", async (_, reason) => {
  const { world, trunk } = await trunkAsHandset();
  world.ann.manner = "ignores";
  const call = trunk.dial(annsNumber);
  await world.clock.advance(1000);
  call.sip.hangUp({ headers: [["Reason", reason]] });
  await world.clock.advance(1000);
  expect(sentTo(world, "10.2.0.1", "CANCEL").map((cancel) => reasonsOf(cancel)[0])).toEqual([elsewhere]);
  expect((await lastRecord(world))?.ending).toMatchObject({ code: "answered-elsewhere", by: "caller" });
});

test.each([
  ["no reason", [], { protocol: "SIP", cause: 487 }, "The caller hung up before anyone answered."],
  [
    "declined elsewhere",
    ['SIP;cause=603;text="Declined"'],
    { protocol: "SIP", cause: 603 },
    "The caller withdrew the call: Declined.",
  ],
  ["a cause that is none", ["SIP;cause=7;text=x"], { protocol: "SIP", cause: 487 }, undefined],
] as const)("a CANCEL with %s is passed on as it is", async (_, reasons, expected, words) => {
  const { world, trunk } = await trunkAsHandset();
  world.ann.manner = "ignores";
  const call = trunk.dial(annsNumber);
  await world.clock.advance(1000);
  call.sip.hangUp({ headers: reasons.map((reason) => ["Reason", reason] as const) });
  await world.clock.advance(1000);
  expect(sentTo(world, "10.2.0.1", "CANCEL").map((cancel) => reasonsOf(cancel)[0])).toMatchObject([expected]);
  const ending = (await lastRecord(world))?.ending;
  expect(ending?.code).toBe("cancelled");
  if (words !== undefined) expect(ending?.words).toBe(words);
});

test("the phones that did not answer are told that the call was completed elsewhere", async () => {
  const { world, trunk } = await trunkAsHandset();
  world.desk.behave({ kind: "answers", afterMs: 1000 });
  const call = trunk.dial(ownNumber);
  await world.clock.advance(3000);
  expect(call.isAnswered).toBe(true);
  expect(sentTo(world, "10.1.0.2", "CANCEL").map((cancel) => reasonsOf(cancel)[0])).toEqual([elsewhere]);
});

test("a phone's reason for its CANCEL reaches the trunk", async () => {
  const { world, trunk } = await trunkAsHandset();
  trunk.manner = "ignores";
  const call = world.ann.dial("+12025550123");
  await world.clock.advance(1000);
  call.sip.hangUp({ headers: [["Reason", 'SIP;cause=200;text="Call completed elsewhere"']] });
  await world.clock.advance(1000);
  expect(sentTo(world, "3.80.16.13", "CANCEL").map((cancel) => reasonsOf(cancel)[0])).toEqual([elsewhere]);
});
