import { expect } from "vitest";
import { arrivalOf } from "./golden.ts";
import { between, type Sound } from "./sound.ts";

/** From where something is first heard, so many milliseconds of it are what was said, every 20 ms of them, as loud as it was. */
export function expectWhole(heard: Sound, said: Sound, ms: number): void {
  const beginsMs = (heard.samples.findIndex((sample) => Math.abs(sample) > 0.05) * 1000) / heard.rateHz;
  const { gainDb, frameDbs } = arrivalOf(said, between(heard, beginsMs, beginsMs + ms));
  expect(frameDbs).toHaveLength(ms / 20);
  expect(frameDbs.filter((db) => db < 30)).toEqual([]);
  expect(Math.abs(gainDb)).toBeLessThan(0.1);
}
