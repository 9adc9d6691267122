/** Copies the first `end` octets; for a header's few, cheaper than `set` on a view. */
export function copyHead(from: Uint8Array, to: Uint8Array, end: number): void {
  for (let at = 0; at < end; at += 1) to[at] = from[at]!;
}

/** Writes the octets from `start` to `end`, each combined with the key stream that begins at `streamAt`. */
export function xor(
  from: Uint8Array,
  to: Uint8Array,
  start: number,
  end: number,
  stream: Uint8Array,
  streamAt: number,
): void {
  const shift = streamAt - start;
  for (let at = start; at < end; at += 1) to[at] = from[at]! ^ stream[at + shift]!;
}

/** Whether the octets at `at` are the first `length` of `expected`; the time does not tell where they differ. */
export function matches(bytes: Uint8Array, at: number, expected: Uint8Array, length: number): boolean {
  let difference = 0;
  for (let octet = 0; octet < length; octet += 1) difference |= bytes[at + octet]! ^ expected[octet]!;
  return difference === 0;
}

/** Writes the first `length` octets of `from` at `at`. */
export function put(bytes: Uint8Array, at: number, from: Uint8Array, length: number): void {
  for (let octet = 0; octet < length; octet += 1) bytes[at + octet] = from[octet]!;
}

/** Writes a 32-bit word, high octet first. */
export function putWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24;
  bytes[at + 1] = word >>> 16;
  bytes[at + 2] = word >>> 8;
  bytes[at + 3] = word;
}

/** Reads a 32-bit word as a signed number. */
export const wordAt = (bytes: Uint8Array, at: number): number =>
  (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
