import { expect, test } from "vitest";
import { responseTo } from "../raw-peer.ts";
import { announcingNumber, annsNumber, configText } from "../world.ts";
import { answering, callFromTrunk, lastRecord, trunkAsHandset, trunkOfOurs } from "./setting.ts";

const long = configText.replace(
  `"${announcingNumber}": { ring: [desk], ringSeconds: 5 }`,
  `"${announcingNumber}": { ring: [ann], ringSeconds: 300 }`,
);

test("a number that rings for 300 s, the longest there is, plays its recording afterwards", async () => {
  const { world, trunk } = await trunkAsHandset({ config: long });
  world.ann.manner = "ignores";
  const call = trunk.dial(announcingNumber);
  await world.clock.advance(310_000);
  expect([call.isAnswered, (await lastRecord(world))?.ending.code]).toEqual([true, "no-answer"]);
});

test("a number that rings for 300 s and has no recording is not answered, in words", async () => {
  const { world, trunk } = await trunkAsHandset({
    config: long.replace("ringSeconds: 300", "ringSeconds: 300, unanswered: reject"),
  });
  world.ann.manner = "ignores";
  const call = trunk.dial(announcingNumber);
  await world.clock.advance(310_000);
  expect(call.ends).toMatchObject([{ cause: "rejected", response: { status: 480 } }]);
  expect((await lastRecord(world))?.ending.code).toBe("no-answer");
});

test("an INVITE that expires gets 487, its phones stop ringing, and the record says nobody answered", async () => {
  const { world, trunk } = await trunkAsHandset();
  world.ann.manner = "ignores";
  const call = trunk.dial(annsNumber, { headers: [["Expires", "5"]] });
  await world.clock.advance(4900);
  expect(call.ends).toEqual([]);
  await world.clock.advance(1000);
  expect(call.ends).toMatchObject([{ cause: "rejected", response: { status: 487 } }]);
  expect(world.ann.last.ends).toMatchObject([{ cause: "cancel" }]);
  expect((await lastRecord(world))?.ending.code).toBe("no-answer");
});

test.each(["soon", "-1", "9999999999", "99999999999999999999", "3600"])(
  "an INVITE with Expires: %s rings as long as the number does",
  async (expires) => {
    const { world, trunk } = await trunkAsHandset();
    world.ann.manner = { answersAfterMs: 15_000 };
    const call = trunk.dial(annsNumber, { headers: [["Expires", expires]] });
    await world.clock.advance(16_000);
    expect(call.isAnswered).toBe(true);
  },
);

test("a call that was answered in time outlives the Expires of its INVITE", async () => {
  const { world, trunk } = await trunkAsHandset();
  const call = trunk.dial(annsNumber, { headers: [["Expires", "5"]] });
  await world.clock.advance(8000);
  expect([call.isAnswered, call.ends]).toEqual([true, []]);
});

test.each([
  ["183 without SDP", "183 Session Progress", []],
  ["199", "199 Early Dialog Terminated", []],
  ["a status that nobody knows", "188 Something", []],
  ["180", "180 Ringing", [180]],
  ["181", "181 Forwarded", [180]],
])("a caller hears what %s of the trunk means", async (_, status, heard) => {
  const { world, trunk } = await trunkOfOurs();
  answering(trunk, (invite) => trunk.send(responseTo(invite, status)));
  world.desk.dial("+12025550123");
  await world.clock.advance(1000);
  expect(world.desk.ringing).toEqual(heard);
});

test("early media that cannot be passed on is heard as ringing", async () => {
  const { world, trunk } = await trunkOfOurs();
  answering(trunk, (invite) => trunk.send(responseTo(invite, "183 Session Progress", [], "none")));
  world.desk.dial("+12025550123");
  await world.clock.advance(1000);
  expect(world.desk.ringing).toEqual([180]);
});

test("the 200 to a CANCEL has the To tag of the INVITE's answers, RFC 3261 section 9.2", async () => {
  const { world, trunk } = await trunkOfOurs();
  world.ann.manner = "ignores";
  const call = callFromTrunk(trunk);
  call.invite();
  await world.clock.advance(500);
  call.cancel();
  await world.clock.advance(100);
  call.cancel();
  await world.clock.advance(100);
  const tags = trunk.messages.flatMap((each) =>
    each.kind === "response" && each.status > 100 ? [each.headers.get("To")?.split("tag=")[1]] : [],
  );
  expect([tags.length > 2, new Set(tags).size]).toEqual([true, 1]);
});

test("the 200 to a CANCEL before any answer has the To tag of the 487", async () => {
  const { world, trunk } = await trunkOfOurs();
  const call = callFromTrunk(trunk);
  call.invite();
  call.cancel();
  await world.clock.advance(100);
  const tagged = trunk.messages.filter((each) => each.kind === "response" && each.status > 100);
  expect(new Set(tagged.map(({ headers }) => headers.get("To"))).size).toBe(1);
});
