type Use = { readonly madeAtMs: number; highest: number; seen: number };

const windowBits = 31;

/**
 * Which counts of which nonces were used, RFC 7616 section 3.4: each is good once. Counts may overtake each other by up
 * to 31. Holds a bounded number of nonces; one that has to be forgotten ends itself and all that are older.
 */
export class NonceCounts {
  readonly #uses = new Map<string, Use>();
  readonly #max: number;
  #forgottenMs = Number.NEGATIVE_INFINITY;

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#uses.size;
  }

  /** Whether a nonce made then can still be used. */
  remembers(nonce: string, madeAtMs: number): boolean {
    return this.#uses.has(nonce) || madeAtMs > this.#forgottenMs;
  }

  /** Takes a count; false when it was used before or lies too far back. */
  take(nonce: string, madeAtMs: number, count: number): boolean {
    const use = this.#uses.get(nonce);
    if (use !== undefined) return takeFrom(use, count);
    this.#uses.set(nonce, { madeAtMs, highest: count, seen: 1 });
    if (this.#uses.size > this.#max) this.#forgetOldest();
    return true;
  }

  /** Lets go of nonces made before then, from the one used first on: they are too old anyway. */
  expire(beforeMs: number): void {
    for (const [nonce, { madeAtMs }] of this.#uses) {
      if (madeAtMs >= beforeMs) return;
      this.#uses.delete(nonce);
    }
  }

  #forgetOldest(): void {
    const [nonce, use] = this.#uses.entries().next().value ?? [];
    if (nonce === undefined || use === undefined) return;
    this.#uses.delete(nonce);
    this.#forgottenMs = Math.max(this.#forgottenMs, use.madeAtMs);
  }
}

function takeFrom(use: Use, count: number): boolean {
  const ahead = count - use.highest;
  if (ahead > 0) {
    use.seen = ahead < windowBits ? ((use.seen << ahead) | 1) & 0x7fffffff : 1;
    use.highest = count;
    return true;
  }
  const bit = -ahead < windowBits ? 1 << -ahead : 0;
  if (bit === 0 || (use.seen & bit) !== 0) return false;
  use.seen |= bit;
  return true;
}
