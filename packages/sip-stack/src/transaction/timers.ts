import type { Clock } from "../kernel/clock.ts";

/** Round trip estimate, longest interval between repeats and life of a message in the network, in milliseconds. */
export type TimerBase = { readonly t1: number; readonly t2: number; readonly t4: number };

/** The values of RFC 3261 section 17.1.1.1 and table 4. */
export const rfc3261Timers: TimerBase = { t1: 500, t2: 4000, t4: 5000 };

/** What the transactions of one transport wait for, in milliseconds, by the RFC's letters; absent: never started. */
export type TimerPlan = {
  readonly t2: number;
  /** First interval between repeats: timers A, E and G. */
  readonly repeat: number | undefined;
  /** 64*T1: timers B, F, H, and L and M of RFC 6026. */
  readonly giveUp: number;
  readonly d: number;
  readonly i: number;
  readonly j: number;
  readonly k: number;
  /** When an INVITE that nobody answered gets a 100 from us, RFC 3261 section 17.2.1. */
  readonly trying: number;
};

const shortestD = 32_000;
const tryingMs = 200;

/** RFC 3261 table 4: on a reliable transport nothing is repeated and nothing waits for repeats. */
export function timerPlan(reliable: boolean, base: TimerBase = rfc3261Timers): TimerPlan {
  const giveUp = 64 * base.t1;
  const shared = { t2: base.t2, giveUp, trying: tryingMs };
  if (reliable) return { ...shared, repeat: undefined, d: 0, i: 0, j: 0, k: 0 };
  return { ...shared, repeat: base.t1, d: Math.max(shortestD, giveUp), i: base.t4, j: giveUp, k: base.t4 };
}

/** The timers of one owner, each running at most once at a time. */
export class Timers<Name extends string> {
  readonly #clock: Clock;
  #running: readonly { readonly name: Name; readonly cancel: () => void }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  start(name: Name, delayMs: number, task: () => void): void {
    this.stop(name);
    const run = (): void => {
      this.#forget(name);
      task();
    };
    this.#running = [...this.#running, { name, cancel: this.#clock.after(delayMs, run) }];
  }

  stop(name: Name): void {
    this.#running.find((timer) => timer.name === name)?.cancel();
    this.#forget(name);
  }

  stopAll(): void {
    for (const { cancel } of this.#running) cancel();
    this.#running = [];
  }

  #forget(name: Name): void {
    if (this.#running.length > 0) this.#running = this.#running.filter((timer) => timer.name !== name);
  }
}
