import type { Clock } from "@trunkline/sip-stack";
import type { UserName } from "../domain/names.ts";
import type { WallClock } from "../kernel/time.ts";
import { type Budgets, dayOf } from "../store/budgets.ts";

/** Talked time is written down so often: a crash forgets no more. */
const stepMs = 60_000;

export type MinutesOptions = { readonly budgets: Budgets; readonly clock: Clock; readonly wallClock: WallClock };

/** The minutes that each user may talk over the trunk on a day in UTC. Time is measured by the clock that never jumps. */
export class Minutes {
  readonly #options: MinutesOptions;

  constructor(options: MinutesOptions) {
    this.#options = options;
  }

  /** How many seconds a user may still talk today. */
  async left(user: UserName, minutesPerDay: number): Promise<number> {
    const { budgets, wallClock } = this.#options;
    return Math.max(0, minutesPerDay * 60 - (await budgets.usedSeconds(user, dayOf(wallClock()))));
  }

  /** Counts from now until the returned function is called. */
  count(user: UserName): () => void {
    const { budgets, clock, wallClock } = this.#options;
    let countedMs = clock.nowMs();
    const note = (): void => {
      const seconds = Math.round((clock.nowMs() - countedMs) / 1000);
      countedMs += seconds * 1000;
      if (seconds > 0) void budgets.talk(user, dayOf(wallClock()), seconds);
    };
    const step = (): (() => void) =>
      clock.after(stepMs, () => {
        note();
        cancel = step();
      });
    let cancel = step();
    return () => {
      cancel();
      note();
    };
  }
}
