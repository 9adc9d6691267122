import { describe, expect, test } from "vitest";
import type { Clock } from "../kernel/clock.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { FramePace } from "./frame-pace.ts";

/** A pace whose timers run late by what `lateMs` gives, and when its frames came. */
function paced(lateMs: () => number, goesOn: (frame: number) => boolean = () => true) {
  const time = new FakeClock();
  const clock: Clock = {
    nowMs: () => time.nowMs(),
    after: (delayMs, task) => time.after(delayMs + lateMs(), task),
  };
  const pace = new FramePace(clock);
  const frames: { readonly atMs: number; readonly skipped: number }[] = [];
  pace.start((skipped) => {
    frames.push({ atMs: time.nowMs(), skipped });
    return goesOn(frames.length);
  });
  return { time, pace, frames };
}

describe("a pace", () => {
  test("is a frame each 20 ms, the first at once", async () => {
    const { time, frames } = paced(() => 0);
    await time.advance(100);
    expect(frames.map(({ atMs }) => atMs)).toEqual([0, 20, 40, 60, 80, 100]);
  });

  test("does not drift when every timer is late", async () => {
    const { time, frames } = paced(() => 7);
    await time.advance(60_000);
    expect(frames).toHaveLength(3000);
    expect(frames.at(-1)).toEqual({ atMs: 2999 * 20 + 7, skipped: 0 });
  });

  test("makes up for a short stop with the frames that were due", async () => {
    const delays = [0, 90];
    const { time, frames } = paced(() => delays.shift() ?? 0);
    await time.advance(200);
    expect(frames.map(({ atMs }) => atMs)).toEqual([0, 110, 110, 110, 110, 110, 120, 140, 160, 180, 200]);
    expect(frames.every(({ skipped }) => skipped === 0)).toBe(true);
  });

  test("skips what was due during a long stop, says how much, and is in step afterwards", async () => {
    const delays = [0, 1005];
    const { time, frames } = paced(() => delays.shift() ?? 0);
    await time.advance(1080);
    expect(frames).toEqual([
      { atMs: 0, skipped: 0 },
      { atMs: 1025, skipped: 50 },
      { atMs: 1040, skipped: 0 },
      { atMs: 1060, skipped: 0 },
      { atMs: 1080, skipped: 0 },
    ]);
  });

  test("ends with the last frame, and when it is stopped, by a frame too", async () => {
    const ended = paced(
      () => 0,
      (frame) => frame < 3,
    );
    await ended.time.advance(1000);
    expect(ended.frames).toHaveLength(3);
    const stopped = paced(
      () => 0,
      (frame) => {
        if (frame === 3) stopped.pace.stop();
        return true;
      },
    );
    await stopped.time.advance(1000);
    expect(stopped.frames).toHaveLength(3);
    expect([ended.time.pending, stopped.time.pending]).toEqual([0, 0]);
  });
});
