/** Mono sound: samples from -1 to 1. */
export type Sound = { readonly rateHz: number; readonly samples: Float32Array };

/** One part of a made sound; several `hz` sound together, each at `levelDbfs`. No `hz` is silence. */
export type Part = { readonly seconds: number; readonly hz?: readonly number[]; readonly levelDbfs?: number };

function writePart(samples: Float32Array, from: number, to: number, part: Part, rateHz: number): void {
  const amplitude = 10 ** ((part.levelDbfs ?? -20) / 20);
  for (const hz of part.hz ?? []) {
    const step = (2 * Math.PI * hz) / rateHz;
    for (let at = from; at < to; at++) samples[at] = (samples[at] ?? 0) + amplitude * Math.sin(step * (at - from));
  }
}

/** Makes a sound of parts, one after the other. A sine that reaches from -1 to 1 has 0 dBFS. */
export function makeSound(parts: readonly Part[], rateHz = 48_000): Sound {
  const lengths = parts.map((part) => Math.round(part.seconds * rateHz));
  const samples = new Float32Array(lengths.reduce((sum, length) => sum + length, 0));
  let from = 0;
  parts.forEach((part, index) => {
    const to = from + (lengths[index] ?? 0);
    writePart(samples, from, to, part, rateHz);
    from = to;
  });
  return { rateHz, samples };
}

/** The part of a sound between two times. */
export function between(sound: Sound, fromMs: number, toMs: number): Sound {
  const at = (ms: number): number => Math.max(0, Math.round((ms * sound.rateHz) / 1000));
  return { rateHz: sound.rateHz, samples: sound.samples.subarray(at(fromMs), at(toMs)) };
}

export const durationMs = (sound: Sound): number => (sound.samples.length * 1000) / sound.rateHz;
