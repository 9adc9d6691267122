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

  /** Takes no new calls and ends those that are up; resolves when the last one is gone, or after `limitMs`. */
  async drain(why: Ending, limitMs: number): Promise<void> {
    this.#draining = true;
    for (const call of this.all) call.stop(why);
    if (this.#calls.size === 0) return;
    await new Promise<void>((resolve) => {
      const stopTimer = this.#clock.after(limitMs, resolve);
      this.#onEmpty = () => {
        stopTimer();
        resolve();
      };
    });
  }
}
