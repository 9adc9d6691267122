import { replacesOf } from "@trunkline/sip-stack";
import { afterEach, expect, test } from "vitest";
import { bothTalk, callAnn, echo, settled, trunkAt, trunkOf } from "./stories/people.ts";
import { announcingNumber, annsNumber, configText, makeWorld, type World } from "./world.ts";

const fair = { seed: 1, loss: 0, duplicate: 0, reorder: 0, delayMs: 5 };

let world: World | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});

const lastRecord = async (of: World) => (await of.pbx.operations.history({ limit: 1 }))[0]!;
const secondsFrom = (from = "", to = ""): number => Math.round((Date.parse(to) - Date.parse(from)) / 1000);

test("what was dialled is kept short, however much a phone writes", async () => {
  world = await makeWorld(fair);
  world.desk.dial("9".repeat(7000));
  await world.clock.advance(1000);
  expect((await lastRecord(world)).to).toBe(`${"9".repeat(64)}…`);
});

test("of many attempts to take a leg's place a few are recorded, and the others counted", async () => {
  const password = "doras-secret";
  const credentials = { username: "dora", password };
  const dora = `dora: { name: Dora, extension: "114", callerId: "+12025550100", device: { username: dora, password: ${password} } }`;
  const config = `${configText.replace("maxMinutes: 2", "maxMinutes: 200").replace("  ann: {", `  ${dora}\n  ann: {`)}devices: { allow: [10.3.0.0/24] }\n`;
  world = await makeWorld(fair, { config });
  const one = (await world.handsetAt("10.3.0.1")).dial("212", { credentials });
  await world.clock.advance(2500);
  const second = await world.handsetAt("10.3.0.2");
  for (let count = 0; count < 40; count += 1) {
    const other = second.dial("212", {
      headers: [["Replaces", replacesOf(one.sip) ?? ""]],
      credentials,
      body: { type: "application/sdp", bytes: Buffer.from("v=0\r\n") },
    });
    await world.clock.advance(100);
    expect(other.ends[0]).toMatchObject({ cause: "rejected" });
  }
  one.hangUp();
  await world.clock.advance(10_000);
  const { legs, leftOut } = await lastRecord(world);
  expect(legs.length + (leftOut ?? 0)).toBe(42);
  expect(legs.map(({ id }) => id)).toEqual(["a", "b1", "c1", "d1", "e1", "f1", "g1", "h1", "i1", "j1"]);
});

test("a transfer to the telephone network is recorded with the times of the leg that costs", async () => {
  const config = configText.replace(`"${annsNumber}": {`, `"${annsNumber}": { transferOut: true,`);
  world = await makeWorld(fair, { connected: false, config });
  const { outside, inside } = await callAnn(world);
  await world.clock.advance(10_000);
  const trunk = trunkOf(world);
  trunk.manner = { answersAfterMs: 3000 };
  await settled(world, inside.refer(`sip:${echo}@198.51.100.204`));
  await world.clock.advance(4000);
  const target = trunk.last;
  await bothTalk(world, outside, target);
  await world.clock.advance(20_000);
  target.hangUp();
  await world.clock.advance(5000);
  const { direction, legs } = await lastRecord(world);
  const [a, ann, paid] = legs;
  expect(direction).toBe("inbound");
  expect([a!.party, ann!.party, paid!.party].slice(1)).toEqual(["ann", echo]);
  expect(secondsFrom(paid!.startedAt, paid!.answeredAt)).toBe(3);
  expect(secondsFrom(paid!.answeredAt, paid!.endedAt)).toBeGreaterThanOrEqual(20);
  expect(secondsFrom(a!.startedAt, a!.endedAt)).toBeGreaterThan(35);
  expect(ann!.answeredAt).toBe(a!.answeredAt);
  expect(Date.parse(ann!.endedAt!)).toBeLessThan(Date.parse(paid!.endedAt!));
});

test("an announcement is no time that anybody talked", async () => {
  world = await makeWorld(fair, { connected: false });
  const trunk = await world.handsetAt(trunkAt);
  trunk.dial(announcingNumber);
  await world.clock.advance(20_000);
  const record = await lastRecord(world);
  expect(record).toMatchObject({ answeredBy: "announcement" });
  expect(record.legs.find(({ id }) => id === "b1")).not.toHaveProperty("answeredAt");
});

test("the warning before the longest call ends does not cut off the ringing of a transfer that has begun", async () => {
  world = await makeWorld(fair, { connected: false });
  const { outside, inside } = await callAnn(world);
  const isWarned = (): boolean => inside.pattern([], 1400).includes("t");
  for (let ms = 0; !isWarned() && ms < 70_000; ms += 20) {
    outside.talk(1);
    await world.clock.advance(20);
  }
  expect(isWarned()).toBe(true);
  world.ben.manner = { answersAfterMs: 3000 };
  const rungFromMs = world.clock.nowMs();
  await settled(world, inside.refer("sip:212@198.51.100.204"));
  await world.clock.advance(2500);
  expect(outside.pattern([], 440, rungFromMs)).toMatch(/^-*t{80,}/);
});
