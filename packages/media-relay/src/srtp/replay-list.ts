/** How far behind the newest a packet may come; the RFC asks for at least 64. */
const windowPackets = 128;

/** Which packets of a source have been taken, RFC 3711 section 3.3.2. */
export class ReplayList {
  /** The highest index taken; -1 before the first. */
  highest = -1;
  readonly #taken = new Float64Array(windowPackets).fill(-1);

  /** Whether a packet was not taken before and is not too old to tell. */
  isFresh(index: number): boolean {
    if (index > this.highest) return true;
    return index > this.highest - windowPackets && this.#taken[index & (windowPackets - 1)] !== index;
  }

  /** To be called for an authentic packet alone. */
  take(index: number): void {
    this.#taken[index & (windowPackets - 1)] = index;
    if (index > this.highest) this.highest = index;
  }
}
