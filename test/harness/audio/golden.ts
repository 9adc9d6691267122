import type { Sound } from "./sound.ts";

const rateHz = 8000;
const frameSamples = 160;
/** What is looked for: enough that no other place of a golden sound resembles it. */
const probeSamples = 400;

const longestSeconds = 40;
const voices = 10;

/** Two tones, a pair for each second of each voice, and a chirp over most of the telephone's band, up or down. */
function secondOf(voice: number, second: number): (at: number) => number {
  const pair = ((voice * longestSeconds + second) * 61) % (voices * longestSeconds);
  const [low, high] = [300 + (pair % 20) * 40, 1300 + Math.floor(pair / 20) * 100];
  const [from, to] = second % 2 === 0 ? [300, 3400] : [3400, 300];
  return (at) => {
    const seconds = at / rateHz;
    const chirpTurns = from * seconds + ((to - from) / 2) * seconds ** 2;
    return [low * seconds, high * seconds, chirpTurns].reduce(
      (sum, turns) => sum + 0.2 * Math.sin(2 * Math.PI * turns),
      0,
    );
  };
}

/** A known sound of 8000 Hz, at most 40 seconds, in which nothing comes twice; each `voice`, 0 to 9, has one of its own. */
export function goldenSound(seconds: number, voice: number): Sound {
  const samples = new Float32Array(seconds * rateHz);
  for (let second = 0; second < seconds; second += 1) {
    const waveAt = secondOf(voice, second);
    for (let at = 0; at < rateHz; at += 1) samples[second * rateHz + at] = waveAt(at);
  }
  return { rateHz, samples };
}

/** How a golden sound arrived. */
export type Arrival = {
  /** How much louder than it was said. */
  readonly gainDb: number;
  /** The signal to noise ratio of each 20 ms, in dB: a slip, a lost packet or another's sound makes it poor. */
  readonly frameDbs: readonly number[];
};

/** Aligns what was heard with the golden sound at one place, the middle, and compares all of it with that. */
export function arrivalOf(golden: Sound, heard: Sound): Arrival {
  const middle = Math.floor(heard.samples.length / 2);
  const from = placeIn(golden.samples, heard.samples.subarray(middle, middle + probeSamples)) - middle;
  const said = Float32Array.from(heard.samples, (_, at) => golden.samples[from + at] ?? 0);
  const gain = Math.sqrt(product(heard.samples, heard.samples) / product(said, said));
  const frames = Math.floor(heard.samples.length / frameSamples);
  const frameDbs = Array.from({ length: frames }, (_, frame) => {
    const [at, to] = [frame * frameSamples, (frame + 1) * frameSamples];
    return ratioDb(heard.samples.subarray(at, to), said.subarray(at, to), gain);
  });
  return { gainDb: 20 * Math.log10(gain), frameDbs };
}

/** Where a stretch of sound resembles the probe most. */
function placeIn(samples: Float32Array, probe: Float32Array): number {
  let best = { place: 0, likeness: Number.NEGATIVE_INFINITY };
  for (let place = 0; place + probe.length <= samples.length; place += 1) {
    let likeness = 0;
    for (let at = 0; at < probe.length; at += 1) likeness += samples[place + at]! * probe[at]!;
    if (likeness > best.likeness) best = { place, likeness };
  }
  return best.place;
}

function ratioDb(heard: Float32Array, said: Float32Array, gain: number): number {
  const noise = heard.map((sample, at) => sample - gain * (said[at] ?? 0));
  return 10 * Math.log10((gain ** 2 * product(said, said)) / product(noise, noise));
}

const product = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, sample, at) => sum + sample * (b[at] ?? 0), 0);
