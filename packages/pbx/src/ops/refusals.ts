import type { WallClock } from "../kernel/time.ts";

const maxReasons = 1000;
const maxKept = 1000;

/** Something that was refused at a door of ours: what was asked, by which address, and exactly why. */
export type Refusal = { readonly atMs: number; readonly what: string; readonly source: string; readonly why: string };

/**
 * What was refused: a count for each reason, and the latest of them for the operator. Whoever was refused may have heard
 * nothing at all. Bounded: reasons beyond the bound count as `other`, the oldest refusals are forgotten.
 */
export class Refusals {
  readonly #wallClock: WallClock;
  readonly #counts = new Map<string, number>();
  readonly #latest: Refusal[] = [];

  constructor(wallClock: WallClock) {
    this.#wallClock = wallClock;
  }

  add(what: string, source: string, why: string): void {
    const key = this.#counts.has(why) || this.#counts.size < maxReasons ? why : "other";
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    this.#latest.push({ atMs: this.#wallClock(), what, source, why });
    if (this.#latest.length > maxKept) this.#latest.shift();
  }

  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }

  /** The last `limit` refusals, newest first. */
  latest(limit: number): readonly Refusal[] {
    return this.#latest.slice(-limit).reverse();
  }
}
