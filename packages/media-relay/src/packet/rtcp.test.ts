import { describe, expect, test } from "vitest";
import { seededRandom } from "../testing/seeded-random.ts";
import { makeCompound, middleOf, ntpOf, readCompound } from "./rtcp.ts";

const block = {
  ssrc: 0xffff_fffe,
  fractionLost: 51,
  lost: -3,
  highestSeq: 0x0001_ffff,
  jitterTicks: 12,
  lastSr: 0x8000_0001,
  delaySinceLastSr: 65_536,
};
const sender = {
  ntpSeconds: 3_900_000_000,
  ntpFraction: 0x8000_0000,
  timestamp: 4_000_000_000,
  packets: 5,
  octets: 800,
};

describe("a compound packet", () => {
  test.each([{ sender, block }, { block }, { sender }, {}])("reads as it was written: %o", (said) => {
    const read = readCompound(makeCompound({ ssrc: 7, cname: "a", ...said, bye: true }));
    const { block: one, ...rest } = { block: undefined, ...said };
    const report = { ssrc: 7, ...rest, blocks: one === undefined ? [] : [one] };
    expect(read).toEqual({ ok: true, value: { reports: [report], byes: [7] } });
  });

  test("has the bytes of RFC 3550: an empty RR, and SDES padded to a whole word", () => {
    const bytes = makeCompound({ ssrc: 0x0102_0304, cname: "abc" });
    expect([...bytes.subarray(0, 8)]).toEqual([0x80, 201, 0, 1, 1, 2, 3, 4]);
    expect([...bytes.subarray(8)]).toEqual([0x81, 202, 0, 3, 1, 2, 3, 4, 1, 3, 97, 98, 99, 0, 0, 0]);
  });

  test.each([
    [10_000_000, 0x7f_ffff],
    [-10_000_000, -0x80_0000],
  ])("holds a loss of %i as far as 24 bits go", (lost, held) => {
    const read = readCompound(makeCompound({ ssrc: 7, cname: "a", block: { ...block, lost } }));
    expect(read).toMatchObject({ value: { reports: [{ blocks: [{ lost: held, fractionLost: 51 }] }] } });
  });

  test.each([
    ["nothing", Uint8Array.of()],
    ["another version", Uint8Array.of(0x41, 201, 0, 1, 0, 0, 0, 0)],
    ["a length beyond its end", Uint8Array.of(0x80, 201, 0, 2, 0, 0, 0, 0)],
    ["a count beyond its length", Uint8Array.of(0x81, 201, 0, 1, 0, 0, 0, 0)],
    ["a BYE of more sources than it holds", Uint8Array.of(0x82, 203, 0, 1, 0, 0, 0, 0)],
    ["a sender report without sender", Uint8Array.of(0x80, 200, 0, 1, 0, 0, 0, 0)],
    ["a word too few", Uint8Array.of(0x80, 201)],
  ])("of %s is refused, not thrown", (_, bytes) => {
    expect(readCompound(bytes)).toMatchObject({ ok: false });
  });

  test("of any bytes never throws, and of no mutation of a good one", () => {
    const random = seededRandom(5);
    const good = makeCompound({ ssrc: 7, cname: "abcdef", sender, block, bye: true });
    for (let count = 0; count < 20_000; count += 1) {
      const bytes = good.slice(0, random(1)[0]! % (good.length + 1));
      const [at = 0, value = 0] = random(2);
      bytes[at % 32] = value;
      expect(readCompound(bytes)).toHaveProperty("ok");
      expect(readCompound(random(at % 64))).toHaveProperty("ok");
    }
  });
});

test("a moment is the NTP time that RFC 3550 shows for it", () => {
  const ntp = ntpOf(500);
  expect(ntp).toEqual({ ntpSeconds: 2_208_988_800, ntpFraction: 0x8000_0000 });
  expect(middleOf({ ntpSeconds: 0xb44d_b705, ntpFraction: 0x2000_0000 })).toBe(0xb705_2000);
});
