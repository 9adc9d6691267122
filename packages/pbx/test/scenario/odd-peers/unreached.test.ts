import { expect, test } from "vitest";
import { plainSdp, RawPeer, responseTo } from "../raw-peer.ts";
import { answering, callFromTrunk, lastRecord, trunkAsHandset, trunkOfOurs } from "./setting.ts";

test("a trunk whose name leads outside trunk.allow is not called, and the operator is told why", async () => {
  const { world } = await trunkOfOurs({ addresses: ["203.0.113.7"] });
  const elsewhere = await world.handsetAt("203.0.113.7");
  world.desk.dial("+12025550123");
  await world.clock.advance(6000);
  expect([elsewhere.calls, world.desk.answered]).toEqual([[], false]);
  expect((await lastRecord(world))?.ending.code).toBe("trunk-unreachable");
  const { operations, metrics } = world.pbx;
  expect(await operations.readiness()).toEqual([
    "the trunk 3.80.16.13 has no address in trunk.allow: add the network of 203.0.113.7",
  ]);
  expect(await operations.trunk()).toEqual({ host: "3.80.16.13", targets: [], outside: ["203.0.113.7"] });
  expect(await metrics.text(operations)).toContain("trunkline_trunk_addresses_outside 1");
});

test("a trunk with one address in trunk.allow and one outside is called at the first alone", async () => {
  const { world, trunk } = await trunkAsHandset({ addresses: ["203.0.113.7", "3.80.16.13"] });
  const elsewhere = await world.handsetAt("203.0.113.7");
  world.desk.dial("+12025550123");
  await world.clock.advance(3000);
  expect([elsewhere.calls.length, trunk.calls.length, world.desk.answered]).toEqual([0, 1, true]);
  expect(await world.pbx.operations.readiness()).toEqual([]);
});

test("requests that do not go where a Contact points are counted, and shown to the operator", async () => {
  const { world, trunk } = await trunkOfOurs();
  answering(trunk, (invite) =>
    trunk.send(responseTo(invite, "200 OK", ["Contact: <sip:x@10.0.0.66:5060>"], plainSdp())),
  );
  world.desk.dial("+12025550123");
  await world.clock.advance(3000);
  const { operations, metrics } = world.pbx;
  expect((await operations.status()).counters.refused).toMatchObject({ "next hop is out of reach": 1 });
  expect(await operations.refusals(10)).toMatchObject([
    { what: "ACK", source: "3.80.16.13:5060", why: "next hop is out of reach" },
  ]);
  expect(await metrics.text(operations)).toContain('trunkline_refused_total{why="next hop is out of reach"} 1');
});

/** Two phones that talk; one of them may have to be silent. */
async function talkingPhones() {
  const { world } = await trunkOfOurs();
  const anns = world.ann.dial("212");
  await world.clock.advance(2000);
  expect(anns.isAnswered).toBe(true);
  return { world, anns };
}

test("a phone that lost its power in a call, and came back, ends the call", async () => {
  const { world, anns } = await talkingPhones();
  await world.ben.restart();
  void anns.talk(2500);
  await world.clock.advance(40_000);
  expect(await world.pbx.operations.calls()).toEqual([]);
  expect(anns.ends).toMatchObject([{ cause: "bye" }]);
  expect((await lastRecord(world))?.ending).toMatchObject({ code: "peer-lost", by: "callee" });
});

test("a phone that lost its power on hold, and came back, ends the call", async () => {
  const { world, anns } = await talkingPhones();
  void world.ben.last.hold();
  await world.clock.advance(1000);
  await world.ben.restart();
  void anns.talk(6000);
  await world.clock.advance(100_000);
  expect([await world.pbx.operations.calls(), (await lastRecord(world))?.ending.code]).toEqual([[], "peer-lost"]);
});

test("a phone that lost its power for good ends the call after two unanswered questions", async () => {
  const { world, anns } = await talkingPhones();
  await world.ben.close();
  void anns.talk(12_000);
  await world.clock.advance(200_000);
  expect([await world.pbx.operations.calls(), (await lastRecord(world))?.ending.code]).toEqual([[], "peer-lost"]);
});

test("a phone that holds and says nothing is still in the call", async () => {
  const { world, anns } = await talkingPhones();
  void anns.talk(5000);
  void world.ben.last.hold();
  await world.clock.advance(100_000);
  expect([(await world.pbx.operations.calls()).length, anns.ends]).toEqual([1, []]);
});

test("the trunk is asked for no sign of life in a call, however silent it is", async () => {
  const { world, trunk } = await trunkOfOurs();
  answering(trunk, () => {});
  const call = callFromTrunk(trunk);
  call.invite();
  await world.clock.advance(1000);
  call.send("ACK", 1, "ack");
  await world.clock.advance(50_000);
  const inDialog = trunk.requests("OPTIONS").filter(({ headers }) => headers.get("To")?.includes("tag="));
  expect([inDialog, (await world.pbx.operations.calls()).length]).toEqual([[], 1]);
});

test.each(["<sip:3.80.16.14>", "<sip:3.80.16.14;lr>"])("a BYE takes the route %s of its call", async (route) => {
  const { world, trunk } = await trunkOfOurs();
  answering(trunk, () => {});
  const proxy = await RawPeer.open(world, { address: "3.80.16.14", port: 5060 });
  const call = callFromTrunk(trunk, { "Record-Route": route }, plainSdp());
  call.invite();
  await world.clock.advance(1000);
  call.send("ACK", 1, "ack");
  await world.clock.advance(100);
  world.ann.last.hangUp();
  await world.clock.advance(100);
  expect([proxy.requests("BYE").length, trunk.requests("BYE").length]).toEqual([1, 0]);
  proxy.close();
});
