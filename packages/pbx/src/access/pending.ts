import type { Clock } from "@trunkline/sip-stack";

/**
 * What was handed out and is to come back, once and soon: challenges, errands to another site. Bounded: the oldest are
 * forgotten.
 */
export class Pending<Value> {
  readonly #clock: Clock;
  readonly #validMs: number;
  readonly #capacity: number;
  readonly #values = new Map<string, { readonly value: Value; readonly sinceMs: number }>();

  constructor(clock: Clock, { validMs, capacity }: { readonly validMs: number; readonly capacity: number }) {
    this.#clock = clock;
    this.#validMs = validMs;
    this.#capacity = capacity;
  }

  put(key: string, value: Value): void {
    this.#values.set(key, { value, sinceMs: this.#clock.nowMs() });
    const [oldest] = this.#values.keys();
    if (this.#values.size > this.#capacity && oldest !== undefined) this.#values.delete(oldest);
  }

  /** Takes what was handed out by this key; `undefined` when nothing was, or too long ago. */
  take(key: string): Value | undefined {
    const found = this.#values.get(key);
    this.#values.delete(key);
    return found !== undefined && this.#clock.nowMs() - found.sinceMs < this.#validMs ? found.value : undefined;
  }
}
