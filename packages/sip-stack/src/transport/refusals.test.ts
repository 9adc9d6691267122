import { expect, test } from "vitest";
import { Refusals } from "./refusals.ts";

test("reasons are counted, and beyond 64 different ones as other", () => {
  const refusals = new Refusals();
  for (let reason = 0; reason < 100; reason += 1) refusals.count(`reason ${reason}`);
  refusals.count("reason 0");
  const all = refusals.all();
  expect(all["reason 0"]).toBe(2);
  expect(all.other).toBe(36);
  expect(Object.keys(all)).toHaveLength(65);
});
