import { SourceInvalid } from "../kernel/errors.ts";
import { encodePcmuSample, pcmuSilence, peakOfDbm0 } from "../packet/pcmu.ts";
import { type Frames, frameSamples, loopedFrame } from "./frames.ts";

/** A tone of one to four frequencies, steady or in a cadence. */
export type Tone = {
  /** Whole numbers or tenths. */
  readonly hz: readonly number[];
  /** On, off, on, off ... over and over; default: always on. */
  readonly cadenceMs?: readonly number[];
  /** Level of each frequency, default -20. */
  readonly levelDbm0?: number;
};

const samplesPerMs = 8;
/** Always on: after so long a tone of whole or tenth Hz is where it began. */
const steady = [10_000, 0];
/** Tones of a relay that are kept; making one again costs its first listener's thread 30 µs a frame. */
const maxKept = 16;

/** The tones of a relay. Each is made once, as far as somebody has heard it, and shared by all legs that play it. */
export class Tones {
  readonly #kept = new Map<string, ToneLoop>();

  /** A tone from its beginning. @throws SourceInvalid when a frequency, level or cadence cannot be played. */
  begin(tone: Tone): Frames {
    const loop = this.#loopOf(tone);
    let at = 0;
    return () => {
      const frame = loop.frame(at);
      at = (at + frameSamples) % loop.length;
      return frame;
    };
  }

  #loopOf(tone: Tone): ToneLoop {
    const key = JSON.stringify([tone.hz, tone.cadenceMs, tone.levelDbm0]);
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    const loop = new ToneLoop(tone);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= maxKept && oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(key, loop);
    return loop;
  }
}

/** One round of a tone. Each part that sounds begins at phase zero. */
class ToneLoop {
  readonly #octets: Uint8Array;
  readonly #parts: readonly Part[];
  readonly #sample: (index: number) => number;
  #made = 0;
  constructor(tone: Tone) {
    check(tone);
    this.#parts = partsOf(tone);
    this.#octets = new Uint8Array(this.#parts.at(-1)!.end);
    this.#sample = sampleOf(tone);
  }

  get length(): number {
    return this.#octets.length;
  }

  frame(at: number): Uint8Array {
    this.#makeUpTo(Math.min(at + frameSamples, this.length));
    return loopedFrame(this.#octets, at);
  }

  #makeUpTo(end: number): void {
    for (; this.#made < end; this.#made += 1) {
      const part = this.#parts.find((one) => this.#made < one.end)!;
      this.#octets[this.#made] = part.isOn ? encodePcmuSample(this.#sample(this.#made - part.start)) : pcmuSilence;
    }
  }
}

/** A stretch of samples, its end excluded. */
type Part = { readonly start: number; readonly end: number; readonly isOn: boolean };

function partsOf({ cadenceMs = steady }: Tone): readonly Part[] {
  let end = 0;
  return cadenceMs.map((ms, index) => {
    const start = end;
    end += Math.round(ms * samplesPerMs);
    return { start, end, isOn: index % 2 === 0 };
  });
}

function sampleOf({ hz, levelDbm0 = -20 }: Tone): (index: number) => number {
  const peak = peakOfDbm0(levelDbm0);
  const steps = hz.map((one) => (2 * Math.PI * one) / (1000 * samplesPerMs));
  return (index) => Math.round(peak * steps.reduce((sum, step) => sum + Math.sin(step * index), 0));
}

function check({ hz, cadenceMs = steady, levelDbm0 = -20 }: Tone): void {
  const isPlayable = (one: number): boolean =>
    one > 0 && one < 4000 && Math.abs(one * 10 - Math.round(one * 10)) < 1e-6;
  if (hz.length < 1 || hz.length > 4 || !hz.every(isPlayable)) {
    throw new SourceInvalid("a tone has one to four frequencies below 4000 Hz, in whole or tenth Hz");
  }
  if (!(levelDbm0 >= -60 && levelDbm0 <= 3)) throw new SourceInvalid("a tone's level is from -60 to 3 dBm0");
  const isTimed = cadenceMs.every((ms, index) => ms >= (index % 2 === 0 ? 1 : 0) && ms <= 10_000);
  if (!isTimed || cadenceMs.length < 2 || cadenceMs.length > 8 || cadenceMs.length % 2 !== 0) {
    throw new SourceInvalid("a cadence is one to four pairs of times on and off, each at most ten seconds");
  }
}
