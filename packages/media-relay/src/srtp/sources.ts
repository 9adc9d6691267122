/** Sources whose state is kept for one protocol and direction. A leg hears and says one; a browser may change its own. */
export const maxSources = 64;

/** What is known of each SSRC. A newcomer is kept only when the caller says so: once its first packet is authentic. */
export class Sources<State extends object> {
  readonly #known = new Map<number, State>();
  readonly #make: () => State;
  #spare: State | undefined;

  constructor(make: () => State) {
    this.#make = make;
  }

  /** A known source's state, or a newcomer's first; `undefined` when there are too many. */
  of(ssrc: number): State | undefined {
    const known = this.#known.get(ssrc);
    if (known !== undefined || this.#known.size >= maxSources) return known;
    this.#spare ??= this.#make();
    return this.#spare;
  }

  /** Keeps what `of` gave for a source. */
  keep(ssrc: number, state: State): void {
    if (state !== this.#spare) return;
    this.#known.set(ssrc, state);
    this.#spare = undefined;
  }
}
