import type { CallEnd } from "@trunkline/sip-stack";
import type { Placement } from "../services.ts";

/** The addresses that one phone forwards to, rung one after the other: RFC 3261 section 8.1.3.4. */
export class Forwards {
  readonly #prefix: string;
  readonly #ringing = new Set<string>();
  #later: readonly Placement[];
  #named = 0;

  /** @param prefix what the names of their legs begin with */
  constructor(prefix: string, placements: readonly Placement[]) {
    this.#prefix = prefix;
    this.#later = placements;
  }

  /** Whether somebody at the present address has been invited and has not left. */
  get isRinging(): boolean {
    return this.#ringing.size > 0;
  }

  /** Whether an address is left that was not tried. */
  get hasMore(): boolean {
    return this.#later.length > 0;
  }

  /** The next address; `undefined` after the last one. */
  next(): Placement | undefined {
    const [first, ...later] = this.#later;
    this.#later = later;
    return first;
  }

  /** A name for one more leg. */
  name(): string {
    this.#named += 1;
    return `${this.#prefix}${this.#named}`;
  }

  /** A leg of this name has been invited. */
  rings(name: string): void {
    this.#ringing.add(name);
  }

  /**
   * A leg has left. A refusal with 6xx is meant for every address: no other one is tried (RFC 3261 section 21.6).
   * @returns whether the next address is to be tried: nobody is left at this one
   */
  left(name: string, end?: CallEnd): boolean {
    if (end?.cause === "rejected" && end.response.status >= 600) this.#later = [];
    return this.#ringing.delete(name) && !this.isRinging && this.hasMore;
  }
}
