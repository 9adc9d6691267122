import type { Clock } from "@trunkline/sip-stack";
import { type Rule, step, type Table, unreachable } from "../kernel/table.ts";

/** What a limited state's table may ask for. */
export type LimitedAction = "startLimit" | "stopLimit" | "report" | "reportExpired";

/** What a limited state tells. */
export interface LimitedUser {
  onChange(): void;
  onExpired(): void;
}

/** A state of one side of a call that it may be in for so long only: its table says what happens. */
export class Limited<S extends string, E extends string> {
  readonly #table: Table<S, E | "expired", LimitedAction>;
  readonly #clock: Clock;
  readonly #limitMs: number;
  readonly #user: LimitedUser;
  #state: S;
  #stopLimit: () => void = () => {};

  constructor(
    { table, initial }: { readonly table: Table<S, E | "expired", LimitedAction>; readonly initial: S },
    clock: Clock,
    limitMs: number,
    user: LimitedUser,
  ) {
    this.#table = table;
    this.#state = initial;
    this.#clock = clock;
    this.#limitMs = limitMs;
    this.#user = user;
  }

  get state(): S {
    return this.#state;
  }

  take(event: E | "expired"): void {
    const rule: Rule<S, LimitedAction> | undefined = step(this.#table, this.#state, event);
    if (rule === undefined) return;
    this.#state = rule.to;
    for (const action of rule.run) this.#run(action);
  }

  #run(action: LimitedAction): void {
    switch (action) {
      case "startLimit":
        this.#stopLimit = this.#clock.after(this.#limitMs, () => this.take("expired"));
        return;
      case "stopLimit":
        return this.#stopLimit();
      case "report":
        return this.#user.onChange();
      case "reportExpired":
        return this.#user.onExpired();
      default:
        return unreachable(action);
    }
  }
}
