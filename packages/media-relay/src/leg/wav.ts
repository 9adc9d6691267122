import type { Parsed } from "../kernel/parsed.ts";
import { encodePcmuSample } from "../packet/pcmu.ts";

const tag = { pcm: 1, muLaw: 7, extensible: 0xfffe } as const;
const samplesPerSecond = 8000;
/** A length that a writer who could not go back has left: to the end of the file. */
const unknownLength = 0xffff_ffff;

/** Where a chunk's content lies. */
type Chunk = { readonly at: number; readonly length: number };
type Format = { readonly tag: number; readonly channels: number; readonly rate: number; readonly bits: number };

/**
 * Reads a WAV file of 8000 Hz and one channel, PCM of 16 bits or mu-law, as mu-law octets. Its chunks may come in any order;
 * what is no format and no data is passed over.
 */
export function readWav(bytes: Uint8Array): Parsed<Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (nameAt(bytes, 0) !== "RIFF" || nameAt(bytes, 8) !== "WAVE") return fault(0, "this is no WAV file");
  const chunks = chunksOf(bytes, view);
  const format = chunks.get("fmt ");
  if (format === undefined || format.length < 16) return fault(12, "there is no format chunk");
  const data = chunks.get("data");
  if (data === undefined) return fault(12, "there is no data chunk");
  if (data.at + data.length > bytes.length) return fault(data.at, "the data chunk is longer than the file");
  return readData(bytes.subarray(data.at, data.at + data.length), readFormat(view, format), format.at);
}

const nameAt = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));

/** The first chunk of each name. Each begins at an even place. */
function chunksOf(bytes: Uint8Array, view: DataView): ReadonlyMap<string, Chunk> {
  const chunks = new Map<string, Chunk>();
  let at = 12;
  while (at + 8 <= bytes.length) {
    const said = view.getUint32(at + 4, true);
    const name = nameAt(bytes, at);
    const length = name === "data" && said === unknownLength ? bytes.length - at - 8 : said;
    if (!chunks.has(name)) chunks.set(name, { at: at + 8, length });
    at += 8 + length + (length % 2);
  }
  return chunks;
}

/** An extensible format has its tag in the first octets of its long name. */
function readFormat(view: DataView, { at, length }: Chunk): Format {
  const said = view.getUint16(at, true);
  return {
    tag: said === tag.extensible && length >= 26 ? view.getUint16(at + 24, true) : said,
    channels: view.getUint16(at + 2, true),
    rate: view.getUint32(at + 4, true),
    bits: view.getUint16(at + 14, true),
  };
}

function readData(data: Uint8Array, format: Format, at: number): Parsed<Uint8Array> {
  const { channels, rate, bits } = format;
  const isMono = rate === samplesPerSecond && channels === 1;
  if (isMono && format.tag === tag.muLaw && bits === 8) return { ok: true, value: data };
  if (isMono && format.tag === tag.pcm && bits === 16) return { ok: true, value: fromPcm16(data) };
  return fault(at, `${describe(format)} is not 8000 Hz, 1 channel, PCM of 16 bits or mu-law`);
}

function fromPcm16(data: Uint8Array): Uint8Array {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Uint8Array.from({ length: data.length >>> 1 }, (_, index) => encodePcmuSample(view.getInt16(2 * index, true)));
}

const tagNames: Readonly<Record<number, string>> = {
  [tag.pcm]: "PCM",
  [tag.muLaw]: "mu-law",
  3: "floating point",
  6: "A-law",
};

const describe = ({ tag: number, channels, rate, bits }: Format): string =>
  `${rate} Hz, ${channels} channel${channels === 1 ? "" : "s"}, ${tagNames[number] ?? `format ${number}`} of ${bits} bits`;

const fault = (at: number, why: string): Parsed<never> => ({ ok: false, at, why });
