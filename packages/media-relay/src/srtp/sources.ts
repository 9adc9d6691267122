/** Sources whose state is kept for one protocol and direction. A peer may change its SSRC at every hold. */
export const maxSources = 1024;

/** What is known of each SSRC. A new source is kept only when the caller says so: once its first packet is authentic. */
export class Sources<State extends object> {
  /** In the order in which they were last kept. */
  readonly #known = new Map<number, State>();
  readonly #make: () => State;
  readonly #onForgotten: (() => void) | undefined;
  #newest: State | undefined;
  #spare: State | undefined;

  /**
   * @param onForgotten makes room: the source that was silent the longest is forgotten, and this is called. Without it a source
   * too many is refused, as a sender must: to begin one again would repeat its key stream.
   */
  constructor(make: () => State, onForgotten?: () => void) {
    this.#make = make;
    this.#onForgotten = onForgotten;
  }

  /** A known source's state, or the first one of a new source; `undefined` when there are too many. */
  of(ssrc: number): State | undefined {
    const known = this.#known.get(ssrc);
    if (known !== undefined || (this.#isFull && this.#onForgotten === undefined)) return known;
    this.#spare ??= this.#make();
    return this.#spare;
  }

  /** Keeps what `of` gave for a source, as the latest that was heard. */
  keep(ssrc: number, state: State): void {
    if (state === this.#newest) return;
    this.#newest = state;
    if (state === this.#spare) this.#admit();
    else this.#known.delete(ssrc);
    this.#known.set(ssrc, state);
  }

  get #isFull(): boolean {
    return this.#known.size >= maxSources;
  }

  #admit(): void {
    this.#spare = undefined;
    const [silentLongest] = this.#isFull ? this.#known.keys() : [];
    if (silentLongest === undefined) return;
    this.#known.delete(silentLongest);
    this.#onForgotten?.();
  }
}
