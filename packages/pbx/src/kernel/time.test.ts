import { expect, test } from "vitest";
import { steadyWallClock } from "./time.ts";

test("a steady wall clock begins at the wall time and goes on by itself, in whole milliseconds", () => {
  let [wallMs, nowMs] = [1_000_000, 5.25];
  const now = steadyWallClock(() => wallMs, { nowMs: () => nowMs });
  wallMs += 3_600_000;
  nowMs += 1500.5;
  expect(now()).toBe(1_001_501);
});
