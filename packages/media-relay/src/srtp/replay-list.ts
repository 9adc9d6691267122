/** How far behind the newest a packet may come; the RFC asks for at least 64. */
const windowPackets = 128;
const wordBits = 32;

/** Which packets of a source have been taken, RFC 3711 section 3.3.2. */
export class ReplayList {
  /** The highest index taken; -1 before the first. */
  highest = -1;
  /** A bit for each index of the window, at its remainder. */
  readonly #taken = new Uint32Array(windowPackets / wordBits);

  /** Whether a packet was not taken before and is not too old to tell. */
  isFresh(index: number): boolean {
    if (index > this.highest) return true;
    return index > this.highest - windowPackets && (this.#taken[wordOf(index)]! & bitOf(index)) === 0;
  }

  /** To be called for an authentic packet alone. */
  take(index: number): void {
    if (index > this.highest) this.#advance(index);
    this.#taken[wordOf(index)]! |= bitOf(index);
  }

  /** Forgets what leaves the window. */
  #advance(index: number): void {
    const oldest = Math.max(this.highest + 1, index - windowPackets + 1);
    for (let passed = oldest; passed < index; passed += 1) this.#taken[wordOf(passed)]! &= ~bitOf(passed);
    this.highest = index;
  }
}

const wordOf = (index: number): number => (index % windowPackets) >>> 5;
const bitOf = (index: number): number => 1 << (index % wordBits);
