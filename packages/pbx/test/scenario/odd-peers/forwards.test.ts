import { type IncomingCall, sdpBody } from "@trunkline/sip-stack";
import { expect, test } from "vitest";
import { onlyPcma } from "../raw-peer.ts";
import { announcingNumber, annsNumber, configText, type World } from "../world.ts";
import { lastRecord, trunkAsHandset } from "./setting.ts";

/** A phone refuses each of its calls with a redirect to these Contacts. */
function redirects(world: World, contacts: readonly string[], status = 302, phone = world.ann): void {
  phone.manner = "ignores";
  const refuse = (): void => {
    const sip = phone.calls.at(-1)?.sip as IncomingCall | undefined;
    if (sip?.state === "early") sip.reject(status, { headers: contacts.map((contact) => ["Contact", contact]) });
    else world.clock.after(50, refuse);
  };
  world.clock.after(50, refuse);
}

test.each([301, 302])(
  "a phone that forwards by %i to another extension makes that ring, and it is answered",
  async (status) => {
    const { world, trunk } = await trunkAsHandset();
    redirects(world, ["<sip:212@198.51.100.204>"], status);
    const call = trunk.dial(annsNumber, { from: '"Eve" <sip:+4930123456@3.80.16.13>' });
    await world.clock.advance(3000);
    expect([call.isAnswered, world.ben.last.isAnswered]).toEqual([true, true]);
    expect(world.ben.last.invite?.headers.get("From")).toContain("+4930123456");
    call.hangUp();
    await world.clock.advance(1000);
    expect((await lastRecord(world))?.legs.map(({ id, party }) => [id, party])).toEqual([
      ["a", "+4930123456"],
      ["b1", "ann"],
      ["b1-1", "ben"],
    ]);
  },
);

test.each([
  [
    "the first that can be called",
    ["<mailto:ann@example.com>", "<sip:+12025550123@198.51.100.204>", "<sip:212@198.51.100.204>"],
  ],
  ["the one with the highest q", ["<sip:105@198.51.100.204>;q=0.2", "<sip:212@198.51.100.204>;q=0.7"]],
  ["the one without q before others", ["<sip:105@198.51.100.204>;q=0.9, <sip:212@198.51.100.204>"]],
])("of several addresses that a phone forwards to, %s is called", async (_, contacts) => {
  const { world, trunk } = await trunkAsHandset();
  redirects(world, contacts);
  const call = trunk.dial(annsNumber);
  await world.clock.advance(3000);
  expect([call.isAnswered, world.ben.last.isAnswered, world.sentToTrunk("INVITE")]).toEqual([true, true, 0]);
  call.hangUp();
  await world.clock.advance(1000);
});

const benThenCy = ["<sip:212@198.51.100.204>, <sip:113@198.51.100.204>;q=0.5"];

test.each([
  ["is busy", { refusesWith: 486, afterMs: 500 }],
  ["refuses", { refusesWith: 480 }],
  ["fails", { refusesWith: 500 }],
  ["answers without usable audio", "ignores"],
] as const)("when the first address that a phone forwards to %s, the next one is called", async (_, manner) => {
  const { world, trunk } = await trunkAsHandset();
  redirects(world, benThenCy);
  world.ben.manner = manner;
  const call = trunk.dial(annsNumber);
  await world.clock.advance(400);
  if (manner === "ignores") (world.ben.last.sip as IncomingCall).answer(sdpBody(onlyPcma));
  await world.clock.advance(3000);
  expect([call.isAnswered, world.cy.last.isAnswered, world.ben.calls.length]).toEqual([true, true, 1]);
  call.hangUp();
  await world.clock.advance(1000);
  expect((await lastRecord(world))?.legs.map(({ id }) => id)).toEqual(["a", "b1", "b1-1", "b1-2"]);
  expect((await world.pbx.operations.status()).counters).toMatchObject({ sip: { dialogs: 0 }, media: { legs: 0 } });
});

test("when nobody can be rung at the first address that a phone forwards to, the next one is called", async () => {
  const config = configText.replace(/^( {2}ben: .*), contact: "[^"]*"/m, "$1");
  const { world, trunk } = await trunkAsHandset({ config });
  redirects(world, benThenCy);
  const call = trunk.dial(annsNumber);
  await world.clock.advance(3000);
  expect([call.isAnswered, world.ben.calls.length, world.cy.calls.length]).toEqual([true, 0, 1]);
  call.hangUp();
  await world.clock.advance(1000);
});

test.each([
  ["everybody is busy at", 486, 1, "busy"],
  ["somebody declines everywhere at", 603, 0, "declined"],
])("a call ends once %s the addresses that a phone forwards to", async (_, status, others, code) => {
  const { world, trunk } = await trunkAsHandset();
  redirects(world, [...benThenCy, "<sip:212@198.51.100.204>;q=0.1"]);
  for (const phone of [world.ben, world.cy]) phone.manner = { refusesWith: status };
  const call = trunk.dial(annsNumber);
  await world.clock.advance(3000);
  expect([world.ben.calls.length, world.cy.calls.length]).toEqual([1, others]);
  expect([call.ends.length, (await lastRecord(world))?.ending.code]).toEqual([1, code]);
});

test("a caller who leaves while the first address rings has no other one called", async () => {
  const { world, trunk } = await trunkAsHandset();
  redirects(world, benThenCy);
  world.ben.manner = "ignores";
  const call = trunk.dial(annsNumber);
  await world.clock.advance(1000);
  call.hangUp();
  await world.clock.advance(40_000);
  expect([world.ben.last.ends.length, world.cy.calls.length]).toEqual([1, 0]);
  expect((await world.pbx.operations.status()).counters).toMatchObject({ sip: { dialogs: 0 }, media: { legs: 0 } });
});

test.each([
  ["a number outside", ["<sip:+12025550123@198.51.100.204>"]],
  ["an extension that is none", ["<sip:999@198.51.100.204>"]],
  ["nowhere", []],
  ["nonsense", ["<<>"]],
])("a phone that forwards to %s counts as one that does not answer, and nobody is called", async (_, contacts) => {
  const { world, trunk } = await trunkAsHandset();
  redirects(world, contacts);
  const call = trunk.dial(annsNumber);
  await world.clock.advance(3000);
  expect(call.ends).toMatchObject([{ cause: "rejected", response: { status: 480 } }]);
  expect([world.sentToTrunk("INVITE"), world.ben.calls.length]).toEqual([0, 0]);
  const ending = (await lastRecord(world))?.ending;
  expect([ending?.code, ending?.words.startsWith("The phone forwards its calls")]).toEqual(["no-answer", true]);
});

test("phones that forward to each other end after one step", async () => {
  const { world, trunk } = await trunkAsHandset();
  redirects(world, ["<sip:212@198.51.100.204>"]);
  redirects(world, ["<sip:111@198.51.100.204>"], 302, world.ben);
  const call = trunk.dial(annsNumber);
  await world.clock.advance(3000);
  expect([world.ann.calls.length, world.ben.calls.length]).toEqual([1, 1]);
  expect(call.ends).toMatchObject([{ cause: "rejected" }]);
});

test("a caller whose call is forwarded to nobody hears the recording of the number", async () => {
  const config = configText.replace(`"${announcingNumber}": { ring: [desk]`, `"${announcingNumber}": { ring: [ann]`);
  const { world, trunk } = await trunkAsHandset({ config });
  redirects(world, []);
  const call = trunk.dial(announcingNumber);
  await world.clock.advance(1500);
  expect([call.isAnswered, world.ben.calls.length]).toEqual([true, 0]);
});

test("a caller who leaves while the call is forwarded leaves nothing behind", async () => {
  const { world, trunk } = await trunkAsHandset();
  redirects(world, ["<sip:212@198.51.100.204>"]);
  world.ben.manner = "ignores";
  const call = trunk.dial(annsNumber);
  await world.clock.advance(1000);
  call.hangUp();
  await world.clock.advance(40_000);
  expect(world.ben.last.ends).toMatchObject([{ cause: "cancel" }]);
  expect((await world.pbx.operations.status()).counters).toMatchObject({ sip: { dialogs: 0 }, media: { legs: 0 } });
});
