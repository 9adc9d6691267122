import { FakeClock } from "@trunkline/sip-stack/testing";
import { expect, test } from "vitest";
import { asUserName } from "../domain/names.ts";
import { memoryBudgets } from "../store/memory.ts";
import { Minutes } from "./minutes.ts";

const alice = asUserName("alice");

function scene() {
  const clock = new FakeClock();
  let jumpMs = 0;
  const wallClock = (): number => Date.UTC(2026, 10, 25) + clock.nowMs() + jumpMs;
  const minutes = new Minutes({ budgets: memoryBudgets(), clock, wallClock });
  const jump = (ms: number): void => {
    jumpMs += ms;
  };
  return { clock, minutes, jump };
}

test("what is talked is gone from the day, in steps while it lasts and to the second at its end", async () => {
  const { clock, minutes } = scene();
  expect(await minutes.left(alice, 5)).toBe(300);
  const stop = minutes.count(alice);
  await clock.advance(90_000);
  expect(await minutes.left(alice, 5)).toBe(240);
  stop();
  expect(await minutes.left(alice, 5)).toBe(210);
  await clock.advance(600_000);
  expect([await minutes.left(alice, 5), clock.pending]).toEqual([210, 0]);
});

test("two calls at once use the minutes of both; nobody has less than none", async () => {
  const { clock, minutes } = scene();
  const stops = [minutes.count(alice), minutes.count(alice)];
  await clock.advance(180_000);
  for (const stop of stops) stop();
  expect([await minutes.left(alice, 10), await minutes.left(alice, 5)]).toEqual([240, 0]);
});

test("a wall clock that jumps an hour gives no minutes and takes none", async () => {
  const { clock, minutes, jump } = scene();
  const stop = minutes.count(alice);
  await clock.advance(30_000);
  jump(3_600_000);
  await clock.advance(30_000);
  stop();
  expect(await minutes.left(alice, 5)).toBe(240);
});

test("the next day begins anew", async () => {
  const { clock, minutes, jump } = scene();
  const stop = minutes.count(alice);
  await clock.advance(120_000);
  stop();
  jump(86_400_000);
  expect(await minutes.left(alice, 5)).toBe(300);
});
