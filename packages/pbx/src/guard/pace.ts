import type { Clock } from "@trunkline/sip-stack";

const secondMs = 1000;
/** Nobody who dials waits longer for a turn. */
const longestWaitMs = 2000;

/**
 * Calls to the trunk, no more of them a second than it takes: who comes early waits a moment, at most two seconds, who
 * would have to wait longer is refused.
 */
export class Pace {
  readonly #clock: Clock;
  #nextAtMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Waits for a turn; `false`: there is none soon enough, and none is taken. */
  async turn(callsPerSecond: number): Promise<boolean> {
    const nowMs = this.#clock.nowMs();
    const atMs = Math.max(nowMs, this.#nextAtMs);
    if (atMs - nowMs > longestWaitMs) return false;
    this.#nextAtMs = atMs + secondMs / callsPerSecond;
    if (atMs > nowMs) await new Promise<void>((resolve) => void this.#clock.after(atMs - nowMs, resolve));
    return true;
  }
}
