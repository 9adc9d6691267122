import { describe, expect, test } from "vitest";
import { arrivalOf, goldenSound } from "./golden.ts";
import { intervalsOf } from "./intervals.ts";
import { keysIn } from "./keys.ts";
import { levelAt, loudestHz, totalLevel, usualLevelAt } from "./level.ts";
import { faultsOfMelody, melody } from "./melody.ts";
import { decodeMuLaw, encodeMuLaw } from "./mu-law.ts";
import { between, durationMs, makeSound } from "./sound.ts";
import { formatWav, parseWav } from "./wav.ts";

describe("levels", () => {
  const sound = makeSound([{ seconds: 1, hz: [1000], levelDbfs: -20 }], 8000);

  test("a tone is measured at its own level, and hardly at all elsewhere", () => {
    expect(levelAt(sound, 1000)).toBeCloseTo(-20, 1);
    expect(levelAt(sound, 1300)).toBeLessThan(-60);
    expect(totalLevel(sound)).toBeCloseTo(-20, 1);
    expect(loudestHz(sound)).toBe(1000);
  });

  test("two tones that sound together are measured apart", () => {
    const ringback = makeSound([{ seconds: 1, hz: [440, 480], levelDbfs: -25 }], 48_000);
    expect(levelAt(ringback, 440)).toBeCloseTo(-25, 0);
    expect(levelAt(ringback, 480)).toBeCloseTo(-25, 0);
  });

  test("a break and a slip of phase do not change the usual level", () => {
    const whole = { seconds: 0.503, hz: [1004], levelDbfs: -20 };
    const broken = makeSound([whole, { seconds: 0.05 }, whole], 8000);
    expect(usualLevelAt(broken, 1004)).toBeCloseTo(-20, 1);
    expect(levelAt(broken, 1004)).toBeLessThan(-20.5);
  });

  test("silence and no sound at all read as the floor", () => {
    expect(levelAt(makeSound([{ seconds: 0.1 }]), 1000)).toBe(-120);
    expect(totalLevel(makeSound([]))).toBe(-120);
  });
});

describe("intervals", () => {
  const tone = { seconds: 0.4, hz: [770, 1336], levelDbfs: -15 };
  const sound = makeSound([{ seconds: 0.2 }, tone, { seconds: 0.2 }, tone, { seconds: 0.2 }], 8000);

  test("tones are found with their times", () => {
    expect(intervalsOf(sound, { hz: [770, 1336] })).toEqual([
      { fromMs: 200, toMs: 600 },
      { fromMs: 800, toMs: 1200 },
    ]);
  });

  test("a pause that is to be bridged does not part them", () => {
    expect(intervalsOf(sound, { hz: [770], mergeMs: 250 })).toEqual([{ fromMs: 200, toMs: 1200 }]);
  });

  test("half of a pair is not the pair", () => {
    expect(intervalsOf(sound, { hz: [770, 1477] })).toEqual([]);
  });
});

describe("golden sounds", () => {
  const golden = goldenSound(4, 3);
  const { rateHz } = golden;
  const arrived = (...parts: readonly Float32Array[]) =>
    arrivalOf(golden, { rateHz, samples: Float32Array.from(parts.flatMap((part) => [...part])) });
  const cut = (from: number, to: number): Float32Array => golden.samples.subarray(from, to);

  test("a stretch is found again, with its level, after mu-law too", () => {
    const { gainDb, frameDbs } = arrived(decodeMuLaw(encodeMuLaw(cut(5003, 21_003).map((sample) => sample / 2))));
    expect(gainDb).toBeCloseTo(-6.02, 1);
    expect(frameDbs).toHaveLength(100);
    expect(Math.min(...frameDbs)).toBeGreaterThan(33);
  });

  test.each([
    ["a sample too few", () => arrived(cut(5000, 11_399), cut(11_400, 21_000)).frameDbs.slice(0, 39)],
    ["a sample too many", () => arrived(cut(5000, 11_401), cut(11_400, 21_000)).frameDbs.slice(0, 39)],
    [
      "20 ms of silence",
      () => arrived(cut(5000, 6600), new Float32Array(160), cut(6760, 21_000)).frameDbs.slice(10, 11),
    ],
    ["another voice", () => arrivalOf(golden, goldenSound(4, 4)).frameDbs],
  ])("%s makes poor frames", (_, poor) => {
    expect(Math.max(...poor())).toBeLessThan(20);
  });
});

describe("the melody", () => {
  const { samples } = melody(-20, 8000);
  const twice = { rateHz: 8000, samples: Float32Array.of(...samples, ...samples) };
  const without = (fromMs: number, toMs: number) => ({
    rateHz: 8000,
    samples: Float32Array.of(...between(twice, 0, fromMs).samples, ...between(twice, toMs, 4000).samples),
  });

  test("as it was played has no fault, from wherever it is heard", () => {
    expect(faultsOfMelody(twice, -20)).toEqual([]);
    expect(faultsOfMelody(between(twice, 730, 3555), -20)).toEqual([]);
  });

  test("a hole, a slip, a missing note and another level are faults", () => {
    const hole = Float32Array.from(twice.samples).fill(0, 8800, 9600);
    expect(faultsOfMelody({ rateHz: 8000, samples: hole }, -20)).not.toEqual([]);
    expect(faultsOfMelody(without(1050, 1100), -20)).toHaveLength(1);
    expect(faultsOfMelody(without(1000, 1250), -20)).toHaveLength(1);
    expect(faultsOfMelody(twice, -23)).toHaveLength(14);
  });

  test("no two of its frames are alike", () => {
    const frames = Array.from({ length: 100 }, (_, at) => encodeMuLaw(samples.subarray(at * 160, at * 160 + 160)));
    expect(new Set(frames.map(String)).size).toBe(100);
  });
});

describe("keys", () => {
  const press = (row: number, column: number) => [
    { seconds: 0.1, hz: [row, column], levelDbfs: -15 },
    { seconds: 0.06 },
  ];

  test("are heard in order, the same one twice too", () => {
    const sound = makeSound([...press(697, 1209), ...press(697, 1209), ...press(941, 1477), ...press(770, 1633)], 8000);
    expect(keysIn(sound)).toBe("11#B");
  });

  test("the melody is none", () => {
    expect(keysIn(melody(-20, 8000))).toBe("");
  });
});

describe("files and codecs", () => {
  test("a WAV file gives back rate and samples", () => {
    const sound = makeSound([{ seconds: 0.05, hz: [440], levelDbfs: -6 }], 16_000);
    const read = parseWav(formatWav(sound));
    expect(read.rateHz).toBe(16_000);
    expect(durationMs(read)).toBe(50);
    expect(Math.max(...read.samples.map((sample, at) => Math.abs(sample - (sound.samples[at] ?? 0))))).toBeLessThan(
      1e-4,
    );
  });

  test("mu-law codes of the standard: silence, full scale and a step in between", () => {
    expect([...encodeMuLaw(Float32Array.of(0, 1, -1))]).toEqual([0xff, 0x80, 0x00]);
    expect(
      [...decodeMuLaw(Uint8Array.of(0xff, 0x7f, 0x80, 0x00))].map((sample) => Math.round(sample * 32_767)),
    ).toEqual([0, 0, 32_124, -32_124]);
  });

  test("every mu-law code but the second zero survives decoding and encoding", () => {
    const codes = Uint8Array.from({ length: 256 }, (_, code) => code).filter((code) => code !== 0x7f);
    expect(encodeMuLaw(decodeMuLaw(codes))).toEqual(codes);
  });

  test("a part of a sound is cut at its times", () => {
    expect(durationMs(between(makeSound([{ seconds: 1 }]), 250, 500))).toBe(250);
  });
});
