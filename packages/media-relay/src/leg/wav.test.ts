import { describe, expect, test } from "vitest";
import { decodePcmu } from "../packet/pcmu.ts";
import { readWav } from "./wav.ts";

const u16 = (value: number): number[] => [value & 0xff, value >>> 8];
const u32 = (value: number): number[] => [...u16(value & 0xffff), ...u16(value >>> 16)];
const text = (name: string): number[] => [...name].map((letter) => letter.charCodeAt(0));
const chunk = (name: string, content: readonly number[], length = content.length): number[] => [
  ...[...text(name), ...u32(length), ...content],
  ...(content.length % 2 === 0 ? [] : [0]),
];
const file = (...chunks: readonly (readonly number[])[]): Uint8Array => {
  const content = [...text("WAVE"), ...chunks.flat()];
  return Uint8Array.from([...text("RIFF"), ...u32(content.length), ...content]);
};

type Form = { readonly tag?: number; readonly channels?: number; readonly rate?: number; readonly bits?: number };
const format = (
  { tag = 7, channels = 1, rate = 8000, bits = 8 }: Form = {},
  more: readonly number[] = [],
): number[] => {
  const block = (channels * bits) / 8;
  return chunk("fmt ", [
    ...u16(tag),
    ...u16(channels),
    ...u32(rate),
    ...u32(rate * block),
    ...u16(block),
    ...u16(bits),
    ...more,
  ]);
};
const data = chunk("data", [1, 2, 3]);
const read = (bytes: Uint8Array): unknown => {
  const outcome = readWav(bytes);
  return outcome.ok ? [...outcome.value] : outcome.why;
};

describe("a WAV file", () => {
  test("of mu-law gives its octets", () => {
    expect(read(file(format(), data))).toEqual([1, 2, 3]);
  });

  test("of PCM gives its samples as mu-law", () => {
    const samples = [0, 120, -120, 32_124, -32_124];
    const bytes = file(
      format({ tag: 1, bits: 16 }),
      chunk(
        "data",
        samples.flatMap((one) => u16(one & 0xffff)),
      ),
    );
    const outcome = readWav(bytes);
    expect(outcome.ok && [...decodePcmu(outcome.value)]).toEqual(samples);
  });

  test("may lie anywhere in memory", () => {
    const bytes = file(format({ tag: 1, bits: 16 }), chunk("data", u16(120)));
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    expect(read(shifted.subarray(1))).toEqual([0xf0]);
  });

  test("may have chunks of other kinds and odd lengths, in any order, and a longer format", () => {
    expect(read(file(chunk("LIST", [9, 9, 9]), format({}, [0, 0]), chunk("fact", [1, 0, 0, 0]), data))).toEqual([
      1, 2, 3,
    ]);
    expect(read(file(data, format()))).toEqual([1, 2, 3]);
  });

  test("may have an extensible format, whose tag is in its long name", () => {
    const guid = [...u16(7), 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];
    const extension = [...u16(22), ...u16(8), ...u32(0), ...guid];
    expect(read(file(format({ tag: 0xfffe }, extension), data))).toEqual([1, 2, 3]);
  });

  test("whose writer did not know its length goes on to the end", () => {
    expect(read(file(format(), chunk("data", [1, 2, 3, 4], 0xffff_ffff)))).toEqual([1, 2, 3, 4]);
  });

  test.each([
    ["this is no WAV file", new Uint8Array()],
    ["this is no WAV file", Uint8Array.from(text("RIFF....AVI "))],
    ["there is no format chunk", file(data)],
    ["there is no format chunk", file(chunk("fmt ", [1, 0]), data)],
    ["there is no data chunk", file(format())],
    ["the data chunk is longer than the file", file(format(), chunk("data", [1, 2], 5))],
    [
      "44100 Hz, 2 channels, PCM of 16 bits is not",
      file(format({ tag: 1, channels: 2, rate: 44_100, bits: 16 }), data),
    ],
    ["8000 Hz, 2 channels, mu-law of 8 bits is not", file(format({ channels: 2 }), data)],
    ["16000 Hz, 1 channel, PCM of 16 bits is not", file(format({ tag: 1, rate: 16_000, bits: 16 }), data)],
    ["8000 Hz, 1 channel, PCM of 8 bits is not", file(format({ tag: 1 }), data)],
    ["8000 Hz, 1 channel, A-law of 8 bits is not", file(format({ tag: 6 }), data)],
    ["8000 Hz, 1 channel, floating point of 32 bits is not", file(format({ tag: 3, bits: 32 }), data)],
    ["8000 Hz, 1 channel, format 85 of 0 bits is not", file(format({ tag: 85, bits: 0 }), data)],
  ])("is refused in words: %s", (words, bytes) => {
    expect(read(bytes)).toContain(words);
  });

  test("cut short anywhere never throws", () => {
    const whole = file(format({ tag: 1, bits: 16 }), chunk("LIST", [1]), chunk("data", [1, 2, 3, 4]));
    for (let length = 0; length < whole.length; length += 1) expect(readWav(whole.subarray(0, length)).ok).toBe(false);
  });
});
