/** What PCMU's silence looks like on the wire. */
export const pcmuSilence = 0xff;

const bias = 0x84;
const clip = 32635;

/** One linear sample (-32768..32767) as mu-law, ITU-T G.711. */
export function encodePcmuSample(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), clip) + bias;
  const exponent = 31 - Math.clz32(magnitude) - 7;
  return ~(sign | (exponent << 4) | ((magnitude >>> (exponent + 3)) & 0x0f)) & 0xff;
}

/** One mu-law octet as a linear sample, ITU-T G.711. */
export function decodePcmuSample(octet: number): number {
  const bits = ~octet & 0xff;
  const magnitude = ((((bits & 0x0f) << 3) + bias) << ((bits >>> 4) & 0x07)) - bias;
  return (bits & 0x80) === 0 ? magnitude : 0 - magnitude;
}

/** Linear samples as mu-law, one octet each. */
export const encodePcmu = (samples: Int16Array | Float64Array): Uint8Array =>
  Uint8Array.from(samples, (sample) => encodePcmuSample(Math.round(sample)));

/** Mu-law octets as linear samples. */
export const decodePcmu = (octets: Uint8Array): Int16Array => Int16Array.from(octets, decodePcmuSample);

/** Peak of a sine of 0 dBm0 in linear samples: a full-scale sine is +3.17 dBm0 in mu-law, ITU-T G.711 table 2. */
export const zeroDbm0Peak = clip / 10 ** (3.17 / 20);

/** The peak of a sine of that level. */
export const peakOfDbm0 = (levelDbm0: number): number => zeroDbm0Peak * 10 ** (levelDbm0 / 20);
