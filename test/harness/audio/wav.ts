import type { Sound } from "./sound.ts";

const headerBytes = 44;

/** Writes a sound as a WAV file: 16-bit PCM, mono. What exceeds full scale is clipped. */
export function formatWav({ rateHz, samples }: Sound): Buffer {
  const wav = Buffer.alloc(headerBytes + samples.length * 2);
  wav.write("RIFF", 0, "latin1");
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.write("WAVEfmt ", 8, "latin1");
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(rateHz, 24);
  wav.writeUInt32LE(rateHz * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write("data", 36, "latin1");
  wav.writeUInt32LE(samples.length * 2, 40);
  samples.forEach((sample, at) => {
    wav.writeInt16LE(Math.round(Math.max(-1, Math.min(1, sample)) * 32_767), headerBytes + at * 2);
  });
  return wav;
}

/** Samples from 16-bit PCM, little-endian. */
export function samplesOf(pcm: Buffer): Float32Array {
  return Float32Array.from({ length: Math.floor(pcm.length / 2) }, (_, at) => pcm.readInt16LE(at * 2) / 32_767);
}

/** Reads a WAV file of 16-bit PCM, mono. @throws when it is anything else. */
export function parseWav(wav: Buffer): Sound {
  const chunks = new Map<string, Buffer>();
  for (let at = 12; at + 8 <= wav.length; ) {
    const length = wav.readUInt32LE(at + 4);
    chunks.set(wav.toString("latin1", at, at + 4), wav.subarray(at + 8, at + 8 + length));
    at += 8 + length + (length % 2);
  }
  const [format, data] = [chunks.get("fmt "), chunks.get("data")];
  if (format === undefined || data === undefined) throw new Error("no WAV file");
  const is16BitMono = format.readUInt16LE(0) === 1 && format.readUInt16LE(2) === 1 && format.readUInt16LE(14) === 16;
  if (!is16BitMono) throw new Error("the WAV file is not 16-bit PCM, mono");
  return { rateHz: format.readUInt32LE(4), samples: samplesOf(data) };
}
