import type { RandomBytes } from "../kernel/random.ts";

/** Octets that are the same for the same seed (xorshift, 32 bits). */
export function seededRandom(seed: number): RandomBytes {
  let state = seed | 0 || 1;
  const step = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 8) & 0xff;
  };
  return (length) => Uint8Array.from({ length }, step);
}
