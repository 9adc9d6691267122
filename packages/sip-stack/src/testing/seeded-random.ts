import type { RandomBytes } from "../kernel/random.ts";

/** Random bytes and fractions (0 up to 1) that one seed determines: mulberry32, for tests and simulations only. */
export type SeededRandom = RandomBytes & { fraction(): number };

/** A source of randomness that gives the same sequence for the same seed. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => Math.floor(fraction() * 256));
  return Object.assign(bytes, { fraction });
}
