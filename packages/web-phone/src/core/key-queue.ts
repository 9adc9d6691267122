import type { Clock } from "../kernel/clock.ts";

/** How long a key sounds and how long it is quiet before the next, in milliseconds. */
export const keyPlan = { toneMs: 100, gapMs: 80, longestQueue: 64 } as const;

/**
 * Sends pressed keys one after the other. Browsers replace the tones that wait when new ones are added, so the queue
 * is here and the browser only ever has one key.
 */
export class KeyQueue {
  readonly #clock: Clock;
  readonly #send: (key: string, durationMs: number) => void;
  #waiting: string[] = [];
  #stop: (() => void) | undefined;
  #dropped = 0;

  constructor(clock: Clock, send: (key: string, durationMs: number) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  /** Keys that were pressed while the queue was full. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Whether the key will be sent; `false` when the queue is full. */
  push(key: string): boolean {
    if (this.#waiting.length >= keyPlan.longestQueue) {
      this.#dropped += 1;
      return false;
    }
    this.#waiting.push(key);
    if (this.#stop === undefined) this.#next();
    return true;
  }

  close(): void {
    this.#waiting = [];
    this.#stop?.();
    this.#stop = undefined;
  }

  #next(): void {
    const key = this.#waiting.shift();
    this.#stop = key === undefined ? undefined : this.#clock.after(keyPlan.toneMs + keyPlan.gapMs, () => this.#next());
    if (key !== undefined) this.#send(key, keyPlan.toneMs);
  }
}
