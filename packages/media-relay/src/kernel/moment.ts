import type { Clock } from "./clock.ts";

/**
 * The time of the packet that is on its way: read once where the packet enters a thread's relay, so that its stages need no
 * clock. Whoever lets a packet in (an endpoint that receives, a leg that makes its own) marks it first.
 */
export class Moment {
  /** Milliseconds of the clock. */
  nowMs: number;
  readonly #clock: Clock;
  constructor(clock: Clock) {
    this.#clock = clock;
    this.nowMs = clock.nowMs();
  }

  /** A packet enters now. */
  mark(): void {
    this.nowMs = this.#clock.nowMs();
  }
}
