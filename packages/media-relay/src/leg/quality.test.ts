import { describe, expect, test } from "vitest";
import { type Impairments, oneWayMs, type Quality, qualityOf } from "./quality.ts";

const of = (changes: Partial<Impairments>): Quality =>
  qualityOf({ lossFraction: 0, oneWayMs: 0, concealment: "g711AppendixI", ...changes });

describe("the E-model", () => {
  test("rates G.711 without loss and delay as ITU-T G.107 does: 93.2, which is 4.41", () => {
    expect(of({}).r).toBe(93.2);
    expect(of({}).mos).toBeCloseTo(4.41, 2);
  });

  test.each([
    [50, 0],
    [100, 0],
    [150, 0.2],
    [200, 3],
    [300, 14.8],
    [400, 24.1],
  ])("takes for a delay of %i ms %f points away", (delayMs, points) => {
    expect(93.2 - of({ oneWayMs: delayMs }).r).toBeCloseTo(points, 1);
  });

  test.each([
    ["none", 0.01, 95 / (1 + 4.3)],
    ["none", 0.05, (95 * 5) / (5 + 4.3)],
    ["g711AppendixI", 0.01, 95 / (1 + 25.1)],
    ["g711AppendixI", 0.05, (95 * 5) / (5 + 25.1)],
  ] as const)(
    "takes, where losses are concealed by %s, for a loss of %f what Bpl says",
    (concealment, loss, points) => {
      expect(93.2 - of({ concealment, lossFraction: loss }).r).toBeCloseTo(points, 6);
    },
  );

  test("never rates more loss or delay better, nor anything below 1", () => {
    const scores = Array.from({ length: 101 }, (_, percent) => of({ lossFraction: percent / 100 }).mos);
    const delayed = Array.from({ length: 101 }, (_, step) => of({ oneWayMs: step * 20, concealment: "none" }).mos);
    for (const row of [scores, delayed]) expect(row).toEqual(row.toSorted((a, b) => b - a));
    expect(of({ lossFraction: 1, oneWayMs: 2000, concealment: "none" })).toEqual({ r: 0, mos: 1 });
    expect(of({ lossFraction: 1, concealment: "none" }).mos).toBe(1);
  });
});

test("mouth to ear is a frame, half the round trip and the buffer", () => {
  expect([oneWayMs(0, 0), oneWayMs(100, 5), oneWayMs(100, 50)]).toEqual([60, 110, 170]);
});
