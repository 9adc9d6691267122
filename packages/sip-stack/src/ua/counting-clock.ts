import type { Clock } from "../kernel/clock.ts";

/** A clock that knows how many of its timers have neither run nor been cancelled. */
export class CountingClock implements Clock {
  readonly #clock: Clock;
  #pending = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get pending(): number {
    return this.#pending;
  }

  nowMs(): number {
    return this.#clock.nowMs();
  }

  after(delayMs: number, task: () => void): () => void {
    let isPending = true;
    const settle = (): void => {
      if (isPending) this.#pending -= 1;
      isPending = false;
    };
    this.#pending += 1;
    const cancel = this.#clock.after(delayMs, () => {
      settle();
      task();
    });
    return () => {
      settle();
      cancel();
    };
  }
}
