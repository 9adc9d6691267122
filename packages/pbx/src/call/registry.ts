import type { Clock } from "@trunkline/sip-stack";
import type { CallId } from "../domain/names.ts";
import type { Ending } from "../kernel/ending.ts";
import type { Call } from "./call.ts";

/** The calls that are there now. */
export class CallRegistry {
  readonly #calls = new Map<CallId, Call>();
  readonly #clock: Clock;
  #draining = false;
  #onEmpty: () => void = () => {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(call: Call): void {
    this.#calls.set(call.setup.id, call);
  }

  remove(id: CallId): void {
    this.#calls.delete(id);
    if (this.#calls.size === 0) this.#onEmpty();
  }

  get(id: CallId): Call | undefined {
    return this.#calls.get(id);
  }

  get all(): readonly Call[] {
    return [...this.#calls.values()];
  }

  get size(): number {
    return this.#calls.size;
  }

  /** New calls are to be refused. */
  get draining(): boolean {
    return this.#draining;
  }

  /** How many calls a user has, as caller or rung. */
  countOf(user: string): number {
    return this.all.filter(({ legs }) => legs.some(({ party }) => party.kind === "user" && party.user === user)).length;
  }

  /** From now on new calls are refused; those that are up go on. */
  refuseNew(): void {
    this.#draining = true;
  }

  stopAll(why: Ending): void {
    for (const call of this.all) call.stop(why);
  }

  /** Resolves when the last call is gone, after `limitMs`, or when `hurry` is aborted. */
  async emptied(limitMs: number, hurry?: AbortSignal): Promise<void> {
    if (this.#calls.size === 0 || hurry?.aborted === true) return;
    await new Promise<void>((resolve) => {
      const settle = (): void => {
        stopTimer();
        resolve();
      };
      const stopTimer = this.#clock.after(limitMs, resolve);
      this.#onEmpty = settle;
      hurry?.addEventListener("abort", settle);
    });
  }
}
