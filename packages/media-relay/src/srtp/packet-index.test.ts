import { describe, expect, test } from "vitest";
import { packetIndex, rolloverCounter } from "./packet-index.ts";

describe("the index of a packet", () => {
  test.each([
    ["the first packet", -1, 65_535, 65_535],
    ["the next", 7, 8, 8],
    ["one that comes late", 70_000, 69_990 - 65_536, 69_990],
    ["the wrap", 65_535, 0, 65_536],
    ["a wrap over a loss", 65_000, 300, 65_836],
    ["one from before the wrap", 65_540, 65_530, 65_530],
    ["the second wrap", 131_071, 1, 131_073],
    ["one from before the second wrap", 131_073, 65_535, 131_071],
    ["a loss of half the circle", 65_536, 32_768, 98_304],
    ["one that would be before the first of all", 5, 60_000, 60_000],
    ["the last rollover but some", 65_536 * 0xffff_fffe + 65_535, 2, 65_536 * 0xffff_ffff + 2],
  ])("is right for %s", (_, highest, seq, index) => {
    expect(packetIndex(highest, seq)).toBe(index);
  });

  test("has a rollover counter of 32 bits", () => {
    expect(rolloverCounter(65_535)).toBe(0);
    expect(rolloverCounter(65_536)).toBe(1);
    expect(rolloverCounter(65_536 * 0xffff_ffff + 2)).toBe(0xffff_ffff);
  });
});
