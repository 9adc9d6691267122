import type { Clock } from "@trunkline/sip-stack";

/** The warning comes so long before the end, or in the middle of a shorter call. */
const warningMs = 60_000;

/** What a limit tells. */
export interface TalkLimitUser {
  /** A minute is left. */
  onWarning(): void;
  onOver(): void;
}

/** The longest call: it begins with the answer. @param limitMs how long both may talk */
export class TalkLimit {
  readonly #cancels: readonly (() => void)[];

  constructor(limitMs: number, clock: Clock, user: TalkLimitUser) {
    const warnAtMs = Math.max(limitMs - warningMs, limitMs / 2);
    this.#cancels = [clock.after(warnAtMs, () => user.onWarning()), clock.after(limitMs, () => user.onOver())];
  }

  stop(): void {
    for (const cancel of this.#cancels) cancel();
  }
}
