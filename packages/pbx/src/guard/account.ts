import type { Clock } from "@trunkline/sip-stack";
import type { WallClock } from "../kernel/time.ts";
import { type Day, dayOf } from "../store/budgets.ts";

/** Reports to a call that is being charged. Each is called at most once. */
export interface ChargedCall {
  /** The minutes end soon: in 60 s, or in half of what was left at the start. */
  onWarning(): void;
  onOver(): void;
}

export type AccountOptions = {
  readonly clock: Clock;
  readonly wallClock: WallClock;
  /** How many milliseconds a day may have. Asked anew each time. */
  readonly budgetMs: () => number;
  /** Writes down what was used on a day. */
  readonly onUsed: (day: Day, seconds: number) => void;
};

/** What has been used of a day. */
export type Used = { readonly day: Day; readonly seconds: number };

type Charge = { readonly call: ChargedCall; readonly warningMs: number; isWarned: boolean };

/** Used time is written down at least this often: a crash loses no more. */
const stepMs = 60_000;
const earliestWarningMs = 60_000;
const dayMs = 86_400_000;

/**
 * The minutes of one user. All their calls draw on it at once, for as long as they last, and time counts for the day it
 * is spent on (UTC). Elapsed time comes from the clock that never jumps.
 */
export class Account {
  readonly #options: AccountOptions;
  readonly #charges = new Set<Charge>();
  #day: Day;
  #usedMs: number;
  #writtenSeconds: number;
  #settledMs: number;
  #cancel: () => void = () => {};

  constructor({ day, seconds }: Used, options: AccountOptions) {
    this.#options = options;
    this.#day = day;
    this.#usedMs = seconds * 1000;
    this.#writtenSeconds = seconds;
    this.#settledMs = options.clock.nowMs();
  }

  get day(): Day {
    return this.#day;
  }

  get isIdle(): boolean {
    return this.#charges.size === 0;
  }

  /** What may still be used today, by all calls together. */
  get leftMs(): number {
    this.#settle();
    return this.#leftMs;
  }

  /** Charges a call until the returned function is called. */
  charge(call: ChargedCall): () => void {
    this.#settle();
    const warningMs = Math.min(earliestWarningMs, this.#leftMs / (this.#charges.size + 1) / 2);
    const charge = { call, warningMs, isWarned: false };
    this.#charges.add(charge);
    this.#arm();
    return () => {
      this.#settle();
      this.#charges.delete(charge);
      this.#arm();
    };
  }

  get #leftMs(): number {
    return Math.max(0, this.#options.budgetMs() - this.#usedMs);
  }

  /** How long all may go on together. */
  get #untilOverMs(): number {
    return this.#leftMs / this.#charges.size;
  }

  /** Adds what was talked since the last time, each part to its own day. A clock that is set back starts no new day. */
  #settle(): void {
    const { clock, wallClock } = this.#options;
    const [nowMs, wallMs] = [clock.nowMs(), wallClock()];
    const elapsedMs = nowMs - this.#settledMs;
    this.#settledMs = nowMs;
    const isNewDay = dayOf(wallMs) > this.#day;
    const todayMs = isNewDay ? Math.min(elapsedMs, wallMs % dayMs) : elapsedMs;
    this.#use(elapsedMs - todayMs);
    if (isNewDay) this.#begin(dayOf(wallMs));
    this.#use(todayMs);
  }

  #begin(day: Day): void {
    this.#write();
    this.#day = day;
    this.#usedMs = 0;
    this.#writtenSeconds = 0;
    for (const charge of this.#charges) charge.isWarned = false;
  }

  #use(elapsedMs: number): void {
    this.#usedMs += elapsedMs * this.#charges.size;
    this.#write();
  }

  #write(): void {
    const seconds = Math.round(this.#usedMs / 1000) - this.#writtenSeconds;
    if (seconds <= 0) return;
    this.#writtenSeconds += seconds;
    this.#options.onUsed(this.#day, seconds);
  }

  /** Comes back when something is due: a warning, the end, midnight, or the time to write down. */
  #arm(): void {
    this.#cancel();
    this.#cancel = () => {};
    if (this.isIdle) return;
    const untilOverMs = this.#untilOverMs;
    const untilMidnightMs = dayMs - (this.#options.wallClock() % dayMs);
    const warnings = [...this.#charges].filter(({ isWarned }) => !isWarned).map(({ warningMs }) => warningMs);
    const dues = [...warnings.map((warningMs) => untilOverMs - warningMs), untilOverMs, untilMidnightMs, stepMs];
    this.#cancel = this.#options.clock.after(Math.max(0, Math.ceil(Math.min(...dues))), () => this.#due());
  }

  #due(): void {
    this.#settle();
    const untilOverMs = this.#untilOverMs;
    for (const charge of [...this.#charges]) {
      if (untilOverMs <= 0) this.#end(charge);
      else if (untilOverMs <= charge.warningMs) warn(charge);
    }
    this.#arm();
  }

  #end(charge: Charge): void {
    this.#charges.delete(charge);
    charge.call.onOver();
  }
}

function warn(charge: Charge): void {
  if (charge.isWarned) return;
  charge.isWarned = true;
  charge.call.onWarning();
}
