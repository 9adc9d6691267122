import { expect, test } from "vitest";
import { portSlices } from "./port-slices.ts";

test.each([
  [
    [10_000, 19_999],
    2,
    [
      [10_000, 14_999],
      [15_000, 19_999],
    ],
  ],
  [
    [10_001, 10_008],
    2,
    [
      [10_002, 10_003],
      [10_004, 10_005],
    ],
  ],
  [
    [10_000, 10_003],
    8,
    [
      [10_000, 10_001],
      [10_002, 10_003],
    ],
  ],
  [[10_000, 10_000], 4, [[10_000, 10_000]]],
  [[10_000, 10_009], 1, [[10_000, 10_009]]],
] as const)("ports %j for %i workers are %j", (range, count, slices) => {
  expect(portSlices(range, count)).toEqual(slices);
});
