import { expect, test } from "vitest";
import { makeRtp } from "./rtp.ts";
import { elsewhere, Run } from "./run.ts";

const packet = (seq: number, ssrc = 1): Uint8Array =>
  makeRtp({ payloadType: 0, seq: seq & 0xffff, timestamp: 0, ssrc }, new Uint8Array(1));

/** A run whose highest number is `seq`. */
function runAt(seq: number): Run {
  const run = new Run();
  run.begin(packet(seq));
  return run;
}

test.each([
  ["the next", 100, 101, 1],
  ["one after a loss", 100, 110, 10],
  ["one beyond the wrap", 65_535, 1, 2],
  ["a copy", 100, 100, 0],
  ["a late one from before the wrap", 1, 65_534, -3],
  ["a minute ahead", 100, 3100, elsewhere],
  ["a minute behind", 3100, 100, elsewhere],
])("the step to %s", (_, from, to, step) => {
  expect(runAt(from).stepTo(packet(to))).toBe(step);
});

test("another source is elsewhere, and so is every source before the first and after the end", () => {
  const run = runAt(100);
  expect(run.stepTo(packet(101, 2))).toBe(elsewhere);
  run.end();
  expect(run.stepTo(packet(101))).toBe(elsewhere);
  expect(new Run().stepTo(packet(0, 0))).toBe(elsewhere);
});

test("ten old numbers in a row, and nothing newer between them, are a source that begins anew", () => {
  const run = runAt(500);
  const steps = Array.from({ length: 10 }, (_, index) => run.stepTo(packet(index)));
  expect(steps).toEqual([-500, -499, -498, -497, -496, -495, -494, -493, -492, elsewhere]);
  const interrupted = runAt(500);
  for (let index = 0; index < 9; index += 1) interrupted.stepTo(packet(index));
  interrupted.stepTo(packet(501));
  expect(interrupted.stepTo(packet(9))).toBe(-491);
});
