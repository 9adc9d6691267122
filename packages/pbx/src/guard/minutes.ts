import type { Clock } from "@trunkline/sip-stack";
import type { UserName } from "../domain/names.ts";
import type { WallClock } from "../kernel/time.ts";
import { type Budgets, dayOf } from "../store/budgets.ts";
import { Account, type ChargedCall } from "./account.ts";

export type MinutesOptions = {
  readonly budgets: Budgets;
  readonly clock: Clock;
  readonly wallClock: WallClock;
  /** How many minutes each user may have on a day. Asked anew each time: a reload changes it. */
  readonly minutesPerDay: () => number;
};

/** The minutes that each user may talk over the trunk on a day in UTC. */
export class Minutes {
  readonly #options: MinutesOptions;
  readonly #accounts = new Map<UserName, Account>();

  constructor(options: MinutesOptions) {
    this.#options = options;
  }

  /** How many seconds a user may still talk today, in all their calls together. */
  async left(user: UserName): Promise<number> {
    const { budgets, wallClock } = this.#options;
    const day = dayOf(wallClock());
    if (!this.#isCurrent(user)) {
      const seconds = await budgets.usedSeconds(user, day);
      // Meanwhile a call of theirs may have begun to be charged.
      if (!this.#isCurrent(user)) this.#accounts.set(user, this.#open(user, { day, seconds }));
    }
    return Math.ceil(this.#account(user).leftMs / 1000);
  }

  /** Charges a user's call until the returned function is called, or the day's minutes are used and it is over. */
  charge(user: UserName, call: ChargedCall): () => void {
    return this.#account(user).charge(call);
  }

  /** An account that nobody draws on is read anew on another day. */
  #isCurrent(user: UserName): boolean {
    const account = this.#accounts.get(user);
    return account !== undefined && (!account.isIdle || account.day === dayOf(this.#options.wallClock()));
  }

  #account(user: UserName): Account {
    const account = this.#accounts.get(user) ?? this.#open(user, { day: dayOf(this.#options.wallClock()), seconds: 0 });
    this.#accounts.set(user, account);
    return account;
  }

  #open(user: UserName, used: { readonly day: string; readonly seconds: number }): Account {
    const { budgets, clock, wallClock, minutesPerDay } = this.#options;
    return new Account(used, {
      clock,
      wallClock,
      budgetMs: () => minutesPerDay() * 60_000,
      onUsed: (day, seconds) => void budgets.talk(user, day, seconds),
    });
  }
}
