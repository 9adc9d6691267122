import { FakeClock } from "@trunkline/sip-stack/testing";
import { expect, test } from "vitest";
import { Pending } from "./pending.ts";

test("what was handed out comes back once, soon, and only so many are waited for", async () => {
  const clock = new FakeClock();
  const pending = new Pending<number>(clock, { validMs: 1000, capacity: 2 });
  pending.put("a", 1);
  expect([pending.take("a"), pending.take("a"), pending.take("b")]).toEqual([1, undefined, undefined]);
  for (const [key, value] of [
    ["a", 1],
    ["b", 2],
    ["c", 3],
  ] as const)
    pending.put(key, value);
  expect([pending.take("a"), pending.take("c")]).toEqual([undefined, 3]);
  await clock.advance(1000);
  expect(pending.take("b")).toBeUndefined();
});
