import { FakeClock } from "@trunkline/sip-stack/testing";
import { expect, test } from "vitest";
import { Pending } from "./pending.ts";

test("what was handed out comes back once, soon, and only so many are waited for", async () => {
  const clock = new FakeClock();
  const pending = new Pending<number>(clock, { validMs: 1000, capacity: 2 });
  pending.put("a", 1, "x");
  expect([pending.take("a"), pending.take("a"), pending.take("b")]).toEqual([1, undefined, undefined]);
  for (const [key, value] of [
    ["a", 1],
    ["b", 2],
    ["c", 3],
  ] as const)
    pending.put(key, value, "x");
  expect([pending.take("a"), pending.take("c")]).toEqual([undefined, 3]);
  await clock.advance(1000);
  expect(pending.take("b")).toBeUndefined();
});

test("sources that ask often make each other's be forgotten, not that of one who asks once", () => {
  const pending = new Pending<number>(new FakeClock(), { validMs: 1000, capacity: 10 });
  for (let n = 0; n < 10; n += 1) pending.put(`flood ${n}`, n, `source ${n % 2}`);
  pending.put("person", 7, "person");
  for (let n = 10; n < 100; n += 1) pending.put(`flood ${n}`, n, `source ${n % 3}`);
  expect([pending.take("person"), pending.take("flood 0")]).toEqual([7, undefined]);
});
