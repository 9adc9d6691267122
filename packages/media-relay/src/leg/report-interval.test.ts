import { expect, test } from "vitest";
import { seededRandom } from "../testing/seeded-random.ts";
import { reportDelayMs } from "./report-interval.ts";

test("reports are half to one and a half of five seconds apart, over e - 3/2, and the first comes twice as soon", () => {
  const random = seededRandom(3);
  const delays = Array.from({ length: 5000 }, () => reportDelayMs(random, false));
  const firsts = Array.from({ length: 5000 }, () => reportDelayMs(random, true));
  const mean = (all: readonly number[]): number => all.reduce((sum, one) => sum + one, 0) / all.length;
  expect(Math.min(...delays)).toBeGreaterThanOrEqual(2500 / (Math.E - 1.5));
  expect(Math.max(...delays)).toBeLessThan(7500 / (Math.E - 1.5));
  expect(mean(delays) / (5000 / (Math.E - 1.5))).toBeCloseTo(1, 1);
  expect(mean(firsts) / mean(delays)).toBeCloseTo(0.5, 1);
});
