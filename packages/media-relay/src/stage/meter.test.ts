import { describe, expect, test } from "vitest";
import { makeRtp } from "../packet/rtp.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { Meter } from "./meter.ts";

/** Feeds packets by sequence number, each 20 ms of timestamp, arriving when told. */
function metered(clock = new FakeClock()) {
  const meter = new Meter(clock);
  const sink = meter.stage(() => {});
  const hear = (seq: number, ssrc = 1): void =>
    sink(makeRtp({ payloadType: 0, seq: seq & 0xffff, timestamp: (seq * 160) >>> 0, ssrc }, new Uint8Array(160)));
  return { clock, meter, hear };
}

describe("what is received", () => {
  test("is counted over the wrap of the sequence numbers", () => {
    const { meter, hear } = metered();
    for (let seq = 65_530; seq < 65_546; seq += 1) hear(seq);
    expect(meter).toMatchObject({ packets: 16, bytes: 16 * 172, lost: 0, highestSeq: 65_545 });
  });

  test("late packets are no loss, lost ones are, and the fraction is that of the interval", () => {
    const { meter, hear } = metered();
    for (const seq of [0, 1, 3, 2, 6, 7]) hear(seq);
    expect(meter.lost).toBe(2);
    expect(meter.takeFractionLost()).toBe(64);
    for (const seq of [8, 9]) hear(seq);
    expect(meter.takeFractionLost()).toBe(0);
    expect(meter.takeFractionLost()).toBe(0);
  });

  test("more duplicates than losses make the report's loss negative and the statistics' none", () => {
    const { meter, hear } = metered();
    for (const seq of [0, 1, 1, 1, 2]) hear(seq);
    expect(meter.lostOfRun).toBe(-2);
    expect(meter.lost).toBe(0);
  });

  test("a new source is measured from its own beginning, and the old one's losses are kept", () => {
    const { meter, hear } = metered();
    for (const seq of [0, 5]) hear(seq);
    for (const seq of [40_000, 40_001]) hear(seq, 2);
    expect(meter).toMatchObject({ ssrc: 2, lost: 4, lostOfRun: 0, highestSeq: 40_001 });
  });

  test("jitter is none at an even pace and follows RFC 3550's filter otherwise", async () => {
    const even = metered();
    for (let seq = 0; seq < 50; seq += 1) {
      even.hear(seq);
      await even.clock.advance(20);
    }
    expect(even.meter.jitterTicks).toBe(0);
    const uneven = metered();
    let expected = 0;
    for (let seq = 0; seq < 50; seq += 1) {
      uneven.hear(seq);
      await uneven.clock.advance(seq % 2 === 0 ? 25 : 15);
      if (seq > 0) expected += (40 - expected) / 16;
    }
    expect(uneven.meter.jitterMs).toBeCloseTo(expected / 8, 6);
  });
});
