import type { Clock } from "../kernel/clock.ts";
import { frameMs } from "./frames.ts";

/** A process that stood still for longer does not make up for it: a burst would only fill the listener's buffer. */
const mostFramesLate = 10;

/** Told when a frame is due, and how many before it were skipped; says whether there is another. */
export type OnFrame = (skipped: number) => boolean;

/** Tells when each frame of 20 ms is due, from the start on and without drift. */
export class FramePace {
  readonly #clock: Clock;
  #cancel: () => void = () => {};
  /** Counts starts and stops: a frame may bring about either. */
  #turn = 0;
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Begins anew; the first frame is due at once. */
  start(onFrame: OnFrame): void {
    this.stop();
    this.#await(onFrame, this.#clock.nowMs(), 0);
  }

  stop(): void {
    this.#cancel();
    this.#turn += 1;
  }

  /** Frame `n` is due at `startMs + 20 n` whatever the delay of the ones before: late timers do not add up. */
  #await(onFrame: OnFrame, startMs: number, frame: number): void {
    const dueMs = startMs + frame * frameMs;
    const turn = this.#turn;
    this.#cancel = this.#clock.after(Math.max(0, dueMs - this.#clock.nowMs()), () => {
      const late = Math.floor((this.#clock.nowMs() - dueMs) / frameMs);
      const skipped = late > mostFramesLate ? late : 0;
      const goesOn = onFrame(skipped);
      if (goesOn && turn === this.#turn) this.#await(onFrame, startMs + skipped * frameMs, frame + 1);
    });
  }
}
