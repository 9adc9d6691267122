/** How long a key sounds, in milliseconds, and how many may wait. */
export const keyPlan = { toneMs: 100, longestQueue: 64 } as const;

/**
 * Sends pressed keys one after the other. Browsers replace the keys that wait when new ones are added, so the queue is
 * here and the browser only ever has one key.
 */
export class KeyQueue {
  readonly #send: (key: string, durationMs: number) => void;
  #waiting: string[] = [];
  #sending = false;
  #dropped = 0;

  constructor(send: (key: string, durationMs: number) => void) {
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
    if (!this.#sending) this.sent();
    return true;
  }

  /** The key that was being sent is out: the next may go. */
  sent(): void {
    const key = this.#waiting.shift();
    this.#sending = key !== undefined;
    if (key !== undefined) this.#send(key, keyPlan.toneMs);
  }

  close(): void {
    this.#waiting = [];
  }
}
