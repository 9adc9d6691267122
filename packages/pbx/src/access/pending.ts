import { type Clock, SharedRoom } from "@trunkline/sip-stack";

type Held<Value> = { readonly value: Value; readonly sinceMs: number; readonly source: string };

/**
 * What was handed out and is to come back, once and soon: challenges, requests to another site. Bounded: above the
 * capacity the oldest of the source that holds most is forgotten, so that nobody who asks often keeps others out.
 */
export class Pending<Value> {
  readonly #clock: Clock;
  readonly #validMs: number;
  readonly #room: SharedRoom<string>;
  /** The oldest first. */
  readonly #values = new Map<string, Held<Value>>();

  constructor(clock: Clock, { validMs, capacity }: { readonly validMs: number; readonly capacity: number }) {
    this.#clock = clock;
    this.#validMs = validMs;
    this.#room = new SharedRoom({ max: capacity, perSource: capacity, evicts: true, renews: true });
  }

  /** @param source who asked; where nobody holds more than this source, and all is taken, nothing is remembered */
  put(key: string, value: Value, source: string): void {
    this.#expire();
    const entrance = this.#room.enter(key, source);
    if (!entrance.ok) return;
    if (entrance.evicted !== undefined) this.#values.delete(entrance.evicted);
    this.#values.set(key, { value, sinceMs: this.#clock.nowMs(), source });
  }

  /** Takes what was handed out by this key; `undefined` when nothing was, or too long ago. */
  take(key: string): Value | undefined {
    this.#expire();
    return this.#remove(key)?.value;
  }

  #expire(): void {
    for (const [key, { sinceMs }] of this.#values) {
      if (this.#clock.nowMs() - sinceMs < this.#validMs) return;
      this.#remove(key);
    }
  }

  #remove(key: string): Held<Value> | undefined {
    const held = this.#values.get(key);
    if (held !== undefined) this.#room.leave(key, held.source);
    this.#values.delete(key);
    return held;
  }
}
