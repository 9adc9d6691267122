import type { Clock } from "@trunkline/sip-stack";

const limits = { wrong: 10, withinMs: 600_000, addresses: 10_000 };

type Tally = { readonly sinceMs: number; readonly wrong: number };

/**
 * Wrong passwords by address: after ten of them in ten minutes an address is not listened to until those are over, so
 * that nobody tries a dictionary. Bounded: the addresses that are heard of longest ago are forgotten.
 */
export class Guesses {
  readonly #clock: Clock;
  readonly #tallies = new Map<string, Tally>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many seconds an address is not listened to; 0: it is. */
  waitSeconds(address: string): number {
    const tally = this.#tallyOf(address);
    if (tally === undefined || tally.wrong < limits.wrong) return 0;
    return Math.ceil((tally.sinceMs + limits.withinMs - this.#clock.nowMs()) / 1000);
  }

  /** A wrong password has come from an address. */
  wrong(address: string): void {
    const { sinceMs, wrong } = this.#tallyOf(address) ?? { sinceMs: this.#clock.nowMs(), wrong: 0 };
    this.#tallies.delete(address);
    this.#tallies.set(address, { sinceMs, wrong: wrong + 1 });
    const [oldest] = this.#tallies.keys();
    if (this.#tallies.size > limits.addresses && oldest !== undefined) this.#tallies.delete(oldest);
  }

  /** The right one has come: a person has mistyped it before. */
  right(address: string): void {
    this.#tallies.delete(address);
  }

  #tallyOf(address: string): Tally | undefined {
    const tally = this.#tallies.get(address);
    return tally !== undefined && this.#clock.nowMs() - tally.sinceMs < limits.withinMs ? tally : undefined;
  }
}
