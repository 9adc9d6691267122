import { SourceInvalid } from "../kernel/errors.ts";
import { encodePcmu, peakOfDbm0 } from "../packet/pcmu.ts";

/** A tone of one to four frequencies, steady or in a rhythm. */
export type Tone = {
  readonly hz: readonly number[];
  readonly onMs?: number;
  readonly offMs?: number;
  /** Level of each frequency, default -20. */
  readonly levelDbm0?: number;
};

const samplesPerMs = 8;
/** Samples of one frame of 20 ms. */
export const frameSamples = 160;

/**
 * Makes frame after frame of a tone; the phase runs on from frame to frame and through the pauses.
 * @throws SourceInvalid when a frequency, level or time cannot be played.
 */
export function toneFrames(tone: Tone): () => Uint8Array {
  check(tone);
  const { hz, onMs = 1, offMs = 0, levelDbm0 = -20 } = tone;
  const peak = peakOfDbm0(levelDbm0);
  const steps = hz.map((one) => (2 * Math.PI * one) / (1000 * samplesPerMs));
  const onSamples = onMs * samplesPerMs;
  const period = onSamples + offMs * samplesPerMs;
  let at = 0;
  const sample = (index: number): number => steps.reduce((sum, step) => sum + Math.sin(step * index), 0) * peak;
  return () => {
    const frame = Float64Array.from({ length: frameSamples }, (_, index) =>
      (at + index) % period < onSamples ? sample(at + index) : 0,
    );
    at += frameSamples;
    return encodePcmu(frame);
  };
}

function check({ hz, onMs = 1, offMs = 0, levelDbm0 = -20 }: Tone): void {
  if (hz.length < 1 || hz.length > 4 || !hz.every((one) => one > 0 && one < 4000)) {
    throw new SourceInvalid("a tone has one to four frequencies below 4000 Hz");
  }
  if (!(levelDbm0 >= -60 && levelDbm0 <= 3)) throw new SourceInvalid("a tone's level is from -60 to 3 dBm0");
  if (!(onMs > 0 && onMs <= 60_000 && offMs >= 0 && offMs <= 60_000)) {
    throw new SourceInvalid("a tone is on for at most a minute and off for at most a minute");
  }
}
