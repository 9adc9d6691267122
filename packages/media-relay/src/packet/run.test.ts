import { describe, expect, test } from "vitest";
import { makeRtp } from "./rtp.ts";
import { ArrivingRun, elsewhere, Run } from "./run.ts";

const packet = (seq: number, ssrc = 1, timestamp = 0): Uint8Array =>
  makeRtp({ payloadType: 0, seq: seq & 0xffff, timestamp, ssrc }, new Uint8Array(1));

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
  ["one 99 behind", 1000, 901, -99],
  ["one 100 behind, RFC 3550 MAX_MISORDER", 1000, 900, elsewhere],
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

describe("a run as it arrives", () => {
  /** Its highest packet has the number 500 and the timestamp 80,000. */
  const arriving = (): ArrivingRun => {
    const run = new ArrivingRun();
    run.begin(packet(500, 1, 80_000));
    return run;
  };

  test("late packets and copies are no restart, in whatever order they come", () => {
    const run = arriving();
    for (const seq of [499, 497, 498, 490, 500, 499]) {
      expect(run.take(packet(seq, 1, seq * 160))).toBe(seq - 500);
    }
    expect(run.take(packet(501, 1, 80_160))).toBe(1);
  });

  test("an old number with a newer timestamp is of a source that begins anew", () => {
    expect(arriving().take(packet(480, 1, 80_160))).toBe(elsewhere);
  });

  test("ten old numbers in a row, and nothing newer between them, are a source that begins anew", () => {
    const run = arriving();
    const steps = Array.from({ length: 10 }, (_, index) => run.take(packet(410 + index)));
    expect(steps).toEqual([-90, -89, -88, -87, -86, -85, -84, -83, -82, elsewhere]);
    const interrupted = arriving();
    for (let index = 0; index < 9; index += 1) interrupted.take(packet(410 + index));
    interrupted.take(packet(501));
    expect(interrupted.take(packet(419))).toBe(-82);
  });
});
