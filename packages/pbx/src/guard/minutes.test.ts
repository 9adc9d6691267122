import { FakeClock } from "@trunkline/sip-stack/testing";
import { expect, test } from "vitest";
import { asUserName } from "../domain/names.ts";
import { memoryBudgets } from "../store/memory.ts";
import { Minutes } from "./minutes.ts";

const alice = asUserName("alice");
const day = "2026-11-25";
const nextDay = "2026-11-26";
const hourMs = 3_600_000;

/** @param hour of the day at which it begins */
function scene(minutesPerDay = 5, hour = 0) {
  const clock = new FakeClock();
  let jumpMs = hour * hourMs;
  let perDay = minutesPerDay;
  const wallClock = (): number => Date.UTC(2026, 10, 25) + clock.nowMs() + jumpMs;
  const budgets = memoryBudgets();
  const minutes = new Minutes({ budgets, clock, wallClock, minutesPerDay: () => perDay });
  const events: string[] = [];
  const charge = (name = "call"): (() => void) =>
    minutes.charge(alice, {
      onWarning: () => events.push(`${name} warned at ${clock.nowMs() / 1000}`),
      onOver: () => events.push(`${name} over at ${clock.nowMs() / 1000}`),
    });
  return {
    clock,
    minutes,
    events,
    charge,
    used: (of = day) => budgets.usedSeconds(alice, of),
    jump: (ms: number) => {
      jumpMs += ms;
    },
    allow: (next: number) => {
      perDay = next;
    },
  };
}

test("what is talked is gone from the day while it lasts, and is written down in steps and at the end", async () => {
  const { clock, minutes, charge, used } = scene();
  expect(await minutes.left(alice)).toBe(300);
  const stop = charge();
  await clock.advance(90_000);
  expect(await used()).toBe(60);
  expect(await minutes.left(alice)).toBe(210);
  stop();
  await clock.advance(600_000);
  expect([await minutes.left(alice), await used(), clock.pending]).toEqual([210, 90, 0]);
});

test("calls at once use the minutes together: all are warned, and all are over when the day's are used", async () => {
  const { clock, charge, events, used, minutes } = scene(10);
  for (const name of ["a", "b", "c", "d"]) charge(name);
  await clock.advance(200_000);
  expect(events).toEqual([
    ...["a", "b", "c", "d"].map((name) => `${name} warned at 90`),
    ...["a", "b", "c", "d"].map((name) => `${name} over at 150`),
  ]);
  expect([await used(), await minutes.left(alice), clock.pending]).toEqual([600, 0, 0]);
});

test("a call that begins later shortens the ones before it, one that ends gives them back what it leaves", async () => {
  const { clock, charge, events } = scene(10);
  charge("a");
  await clock.advance(200_000);
  const stop = charge("b");
  await clock.advance(100_000);
  stop();
  await clock.advance(400_000);
  expect(events.at(-1)).toBe("a over at 500");
});

test("a call past midnight goes on with the minutes of the new day, and each day is charged its own part", async () => {
  const { clock, minutes, charge, events, used } = scene(5, 23);
  await minutes.left(alice);
  await clock.advance(hourMs - 240_000);
  charge();
  await clock.advance(250_000);
  expect([events, await minutes.left(alice)]).toEqual([[], 290]);
  await clock.advance(290_000);
  expect(events.at(-1)).toBe(`call over at ${3600 + 300}`);
  expect(await used(nextDay)).toBe(300);
});

test("a call is over at once when it is answered after the last minute was used", async () => {
  const { clock, charge, events } = scene(1);
  charge("a");
  await clock.advance(60_000);
  charge("b");
  await clock.advance(1000);
  expect(events.slice(-2)).toEqual(["a over at 60", "b over at 60"]);
});

test("minutes that a reload takes or gives count for calls that are up", async () => {
  const { clock, allow, charge, events } = scene(5);
  charge();
  await clock.advance(60_000);
  allow(2);
  await clock.advance(120_000);
  expect(events.at(-1)).toBe("call over at 120");
});

test("a wall clock that jumps an hour gives no minutes and takes none", async () => {
  const { clock, minutes, charge, jump } = scene();
  const stop = charge();
  await clock.advance(30_000);
  jump(hourMs);
  await clock.advance(30_000);
  stop();
  expect(await minutes.left(alice)).toBe(240);
});

test("the next day begins anew; a clock that is set back finds what was used before", async () => {
  const { clock, minutes, charge, jump } = scene();
  const stop = charge();
  await clock.advance(120_000);
  stop();
  jump(24 * hourMs);
  expect(await minutes.left(alice)).toBe(300);
  jump(-24 * hourMs);
  expect(await minutes.left(alice)).toBe(180);
});

test("what was used before a restart counts", async () => {
  const { charge, clock, minutes } = scene();
  charge()();
  await clock.advance(0);
  const budgets = memoryBudgets();
  await budgets.talk(alice, day, 100);
  const after = new Minutes({ budgets, clock, wallClock: () => Date.UTC(2026, 10, 25), minutesPerDay: () => 5 });
  expect([await after.left(alice), await minutes.left(alice)]).toEqual([200, 300]);
});
