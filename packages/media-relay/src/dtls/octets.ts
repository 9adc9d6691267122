/** Reads numbers and vectors of TLS (RFC 5246 section 4) in order. Reading past the end gives zeros and sets `isShort`. */
export class OctetReader {
  readonly #octets: Uint8Array;
  #at = 0;
  #isShort = false;
  constructor(octets: Uint8Array) {
    this.#octets = octets;
  }

  /** Whether a read went past the end. */
  get isShort(): boolean {
    return this.#isShort;
  }
  /** Octets not read yet. */
  get left(): number {
    return this.#octets.length - this.#at;
  }
  /** Whether everything was read and no read went past the end. */
  get isComplete(): boolean {
    return !this.#isShort && this.left === 0;
  }

  /** A big-endian number of `size` octets, at most 6. */
  number(size: number): number {
    return this.take(size).reduce((value, octet) => value * 256 + octet, 0);
  }

  /** The next `length` octets, a view; empty when there are fewer. */
  take(length: number): Uint8Array {
    if (length > this.left) {
      this.#isShort = true;
      return new Uint8Array(0);
    }
    this.#at += length;
    return this.#octets.subarray(this.#at - length, this.#at);
  }

  /** A vector whose length is in its first `size` octets. */
  vector(size: number): Uint8Array {
    return this.take(this.number(size));
  }
}

/** `value` as `size` octets, big-endian. */
export function number(size: number, value: number): Uint8Array {
  const octets = new Uint8Array(size);
  let rest = value;
  for (let at = size - 1; at >= 0; at -= 1) {
    octets[at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return octets;
}

/** Joins the parts in a new array. */
export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const octets = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    octets.set(part, at);
    at += part.length;
  }
  return octets;
}

/** A vector: the length in `size` octets, then the content. */
export const vector = (size: number, ...content: readonly Uint8Array[]): Uint8Array => {
  const octets = joined(...content);
  return joined(number(size, octets.length), octets);
};

/** The numbers, `size` octets each, in the content of a vector. */
export function numbersIn(octets: Uint8Array, size: number): readonly number[] {
  const reader = new OctetReader(octets);
  return Array.from({ length: Math.floor(octets.length / size) }, () => reader.number(size));
}
