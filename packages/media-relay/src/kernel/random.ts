import { randomBytes } from "node:crypto";

/** Random octets as a parameter. */
export type RandomBytes = (length: number) => Uint8Array;

const poolOctets = 4096;
let pool: Uint8Array = new Uint8Array(0);
let used = 0;

/** Octets of the operating system's generator, which is asked for many at once; none is given out twice. */
export const systemRandom: RandomBytes = (length) => {
  if (length > poolOctets) return randomBytes(length);
  if (used + length > pool.length) {
    pool = randomBytes(poolOctets);
    used = 0;
  }
  used += length;
  return pool.slice(used - length, used);
};

/** A random unsigned 32-bit number: an SSRC, a first timestamp (RFC 3550 section 5.1). */
export function random32(random: RandomBytes): number {
  const [a = 0, b = 0, c = 0, d = 0] = random(4);
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
}

/**
 * A random first sequence number, RFC 3550 section 5.1; below 2^15, so that who misses the first packets of an SRTP stream
 * counts its rollovers right, RFC 3711 section 3.3.1.
 */
export function firstSeq(random: RandomBytes): number {
  const [a = 0, b = 0] = random(2);
  return ((a & 0x7f) << 8) | b;
}

/** `length` random octets as lower-case hexadecimal text. */
export function randomHex(random: RandomBytes, length: number): string {
  return Array.from(random(length), (octet) => octet.toString(16).padStart(2, "0")).join("");
}
