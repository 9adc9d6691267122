const bias = 132;
const clip = 32_635;

function encodeSample(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(clip, Math.abs(Math.round(sample * 32_767))) + bias;
  const exponent = Math.floor(Math.log2(magnitude)) - 7;
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f;
  return ~(sign | (exponent << 4) | mantissa) & 0xff;
}

function decodeSample(code: number): number {
  const bits = ~code & 0xff;
  const magnitude = (((bits & 0x0f) << 3) + bias) << ((bits >> 4) & 0x07);
  return (bits & 0x80 ? bias - magnitude : magnitude - bias) / 32_767;
}

/** G.711 mu-law, ITU-T G.711: one byte a sample. */
export const encodeMuLaw = (samples: Float32Array): Uint8Array => Uint8Array.from(samples, encodeSample);

/** The samples of G.711 mu-law, from -1 to 1. */
export const decodeMuLaw = (bytes: Uint8Array): Float32Array => Float32Array.from(bytes, decodeSample);
