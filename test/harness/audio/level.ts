import { between, durationMs, type Sound } from "./sound.ts";

/** What stands for silence, where a level would be minus infinity. */
const floorDbfs = -120;

const toDbfs = (amplitude: number): number =>
  amplitude <= 0 ? floorDbfs : Math.max(floorDbfs, 20 * Math.log10(amplitude));

/**
 * The level of one frequency in a stretch of samples (Goertzel's algorithm under a Hann window).
 * @returns dBFS; a sine of that frequency and full scale has 0.
 */
export function levelAt({ rateHz, samples }: Sound, hz: number): number {
  const length = samples.length;
  if (length === 0) return floorDbfs;
  const turn = (2 * Math.PI * hz) / rateHz;
  const coefficient = 2 * Math.cos(turn);
  let [last, beforeLast] = [0, 0];
  for (let at = 0; at < length; at++) {
    const hann = 1 - Math.cos((2 * Math.PI * at) / length);
    const next = (samples[at] ?? 0) * hann + coefficient * last - beforeLast;
    beforeLast = last;
    last = next;
  }
  const power = last * last + beforeLast * beforeLast - coefficient * last * beforeLast;
  return toDbfs((2 * Math.sqrt(Math.max(0, power))) / length);
}

/** The level that one frequency has most of the time: the median over windows, which a short break or slip does not change. */
export function usualLevelAt(sound: Sound, hz: number, windowMs = 100): number {
  const windows = Math.floor(durationMs(sound) / windowMs);
  const levels = Array.from({ length: windows }, (_, at) =>
    levelAt(between(sound, at * windowMs, (at + 1) * windowMs), hz),
  );
  return levels.sort((a, b) => a - b)[Math.floor(windows / 2)] ?? floorDbfs;
}

/** The level of everything together. @returns dBFS, scaled as for a sine: the same as `levelAt` when only that sounds. */
export function totalLevel({ samples }: Sound): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return samples.length === 0 ? floorDbfs : toDbfs(Math.sqrt((2 * sum) / samples.length));
}

/** The frequency that sounds loudest, searched in steps of `stepHz`. */
export function loudestHz(sound: Sound, fromHz = 100, toHz = 3900, stepHz = 5): number {
  let best = { hz: fromHz, level: Number.NEGATIVE_INFINITY };
  for (let hz = fromHz; hz <= toHz; hz += stepHz) {
    const level = levelAt(sound, hz);
    if (level > best.level) best = { hz, level };
  }
  return best.hz;
}
