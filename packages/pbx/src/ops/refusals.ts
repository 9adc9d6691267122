const maxReasons = 1000;

/** Counts what was refused by its reason. Bounded: reasons beyond the bound count as `other`. */
export class Refusals {
  readonly #counts = new Map<string, number>();

  count(why: string): void {
    const key = this.#counts.has(why) || this.#counts.size < maxReasons ? why : "other";
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  get all(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }
}
