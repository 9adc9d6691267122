import { describe, expect, test } from "vitest";
import { levelOfHz } from "../testing/tone-level.ts";
import { decodePcmu, decodePcmuSample, encodePcmu, encodePcmuSample, pcmuSilence, peakOfDbm0 } from "./pcmu.ts";

describe("mu-law", () => {
  test.each([
    [0x00, -32_124],
    [0x80, 32_124],
    [0xff, 0],
    [0x7f, 0],
    [0xf0, 120],
    [0x0f, -16_764],
  ])("octet %i is sample %i, as ITU-T G.711 tabulates it", (octet, sample) => {
    expect(decodePcmuSample(octet)).toBe(sample);
  });

  test("every octet but negative zero comes back from its sample", () => {
    const octets = Array.from({ length: 256 }, (_, octet) => octet).filter((octet) => octet !== 0x7f);
    expect(octets.map((octet) => encodePcmuSample(decodePcmuSample(octet)))).toEqual(octets);
  });

  test("no sample is further from its octet than half a step of its segment", () => {
    for (let sample = -32_635; sample <= 32_635; sample += 1) {
      const error = Math.abs(decodePcmuSample(encodePcmuSample(sample)) - sample);
      expect(error).toBeLessThanOrEqual(Math.max(4, (Math.abs(sample) + 132) / 32));
    }
  });

  test("silence is silence, and what is louder than the loudest is clipped", () => {
    expect(encodePcmuSample(0)).toBe(pcmuSilence);
    expect(encodePcmuSample(32_767)).toBe(0x80);
    expect(encodePcmuSample(-32_768)).toBe(0x00);
  });

  test("a sine of -10 dBm0 is measured as -10 dBm0", () => {
    const sine = Float64Array.from(
      { length: 8000 },
      (_, index) => Math.sin((2 * Math.PI * 1000 * index) / 8000) * peakOfDbm0(-10),
    );
    expect(levelOfHz(decodePcmu(encodePcmu(sine)), 1000)).toBeCloseTo(-10, 1);
  });
});
