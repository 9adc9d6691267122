import type { Address } from "../kernel/datagrams.ts";

/** More places than a browser's checks come from at a time. */
export const mostKnownSources = 64;

/** Who asked with our ICE password, in the order in which they last did. The one that did not for the longest makes room. */
export class KnownSources {
  readonly #known = new Set<string>();

  has(from: Address): boolean {
    return this.#known.has(keyOf(from));
  }

  /**
   * @param inUse where the path in use leads, which is never forgotten
   * @returns whether another one was forgotten for it
   */
  add(from: Address, inUse: Address | undefined): boolean {
    const key = keyOf(from);
    this.#known.delete(key);
    this.#known.add(key);
    if (this.#known.size <= mostKnownSources) return false;
    const kept = inUse && keyOf(inUse);
    for (const oldest of this.#known) if (oldest !== kept) return this.#known.delete(oldest);
    return false;
  }
}

const keyOf = ({ address, port }: Address): string => `${address} ${port}`;
