const maxReasons = 64;

/** Counts refusals by reason; above 64 different reasons the rest is counted as `other`, so that no peer can fill it. */
export class Refusals {
  readonly #counts = new Map<string, number>();

  count(why: string): void {
    const key = this.#counts.has(why) || this.#counts.size < maxReasons ? why : "other";
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  /** Reason to number so far. */
  all(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }
}
