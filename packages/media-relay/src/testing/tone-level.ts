import { decodePcmu, zeroDbm0Peak } from "../packet/pcmu.ts";

const samplesPerSecond = 8000;

/** Level of one frequency in linear samples, in dBm0 (Goertzel's algorithm). Best over whole periods of the tone. */
export function levelOfHz(samples: Int16Array, hz: number): number {
  const factor = 2 * Math.cos((2 * Math.PI * hz) / samplesPerSecond);
  let before = 0;
  let last = 0;
  for (const sample of samples) [before, last] = [last, sample + factor * last - before];
  const power = last * last + before * before - factor * last * before;
  const peak = (2 * Math.sqrt(Math.max(0, power))) / samples.length;
  return peak === 0 ? Number.NEGATIVE_INFINITY : 20 * Math.log10(peak / zeroDbm0Peak);
}

/** The same for mu-law octets. */
export const levelOfHzInPcmu = (octets: Uint8Array, hz: number): number => levelOfHz(decodePcmu(octets), hz);

/** The loudest frequency of a range, in steps of `stepHz`. */
export function loudestHz(samples: Int16Array, range: readonly [from: number, to: number], stepHz = 5): number {
  const [from, to] = range;
  const all = Array.from({ length: Math.floor((to - from) / stepHz) + 1 }, (_, index) => from + index * stepHz);
  return all.reduce((best, hz) => (levelOfHz(samples, hz) > levelOfHz(samples, best) ? hz : best), from);
}
