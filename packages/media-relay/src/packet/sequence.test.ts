import { expect, test } from "vitest";
import { seqAdd, seqDelta, ticksAdd, ticksDelta } from "./sequence.ts";

test.each([
  [0, 1, 1],
  [1, 0, -1],
  [65_535, 0, 1],
  [0, 65_535, -1],
  [65_000, 464, 1000],
  [0, 32_767, 32_767],
])("from sequence number %i to %i is a step of %i", (a, b, step) => {
  expect(seqDelta(a, b)).toBe(step);
  expect(seqAdd(a, step)).toBe(b);
});

test.each([
  [0, 160, 160],
  [0xffff_ffff, 159, 160],
  [159, 0xffff_ffff, -160],
  [0x8000_0000, 0x7fff_ffff, -1],
])("from timestamp %i to %i is a step of %i ticks", (a, b, step) => {
  expect(ticksDelta(a, b)).toBe(step);
  expect(ticksAdd(a, step)).toBe(b);
});
