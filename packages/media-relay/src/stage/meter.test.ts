import { describe, expect, test } from "vitest";
import { Moment } from "../kernel/moment.ts";
import { Tally } from "../kernel/refusals.ts";
import { makeRtp } from "../packet/rtp.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { Meter } from "./meter.ts";

/** Feeds packets by sequence number, each 20 ms of timestamp, arriving when told; keeps the numbers that were passed on. */
function metered(clock = new FakeClock()) {
  const moment = new Moment(clock);
  const tally = new Tally();
  const meter = new Meter(moment, tally);
  const passed: number[] = [];
  const sink = meter.stage((packet) => passed.push((packet[2]! << 8) | packet[3]!));
  const hear = (seq: number, { ssrc = 1, payloadType = 0, timestamp = seq * 160 } = {}): void => {
    moment.mark();
    sink(makeRtp({ payloadType, seq: seq & 0xffff, timestamp: timestamp >>> 0, ssrc }, new Uint8Array(160)));
  };
  return { clock, meter, tally, passed, hear };
}

describe("what is received", () => {
  test("is counted over the wrap of the sequence numbers", () => {
    const { meter, hear } = metered();
    for (let seq = 65_530; seq < 65_546; seq += 1) hear(seq);
    expect(meter).toMatchObject({ packets: 16, bytes: 16 * 172, expected: 16, lost: 0, highestSeq: 65_545 });
    for (let seq = 65_546; seq < 200_000; seq += 1) hear(seq);
    expect(meter).toMatchObject({ lost: 0, late: 0, duplicated: 0, highestSeq: 199_999 });
  });

  test("late packets are no loss, lost ones are, and the fraction is that of the interval", () => {
    const { meter, passed, hear } = metered();
    for (const seq of [0, 1, 3, 2, 6, 7]) hear(seq);
    expect(meter).toMatchObject({ expected: 8, lost: 2, late: 1, duplicated: 0 });
    expect(passed).toEqual([0, 1, 3, 2, 6, 7]);
    expect(meter.takeInterval()).toEqual({ received: 6, fractionLost: 64 });
    for (const seq of [8, 9]) hear(seq);
    expect(meter.takeInterval()).toEqual({ received: 2, fractionLost: 0 });
    expect(meter.takeInterval()).toEqual({ received: 0, fractionLost: 0 });
  });

  test("copies are counted and passed on once; in a report they make up for losses, as RFC 3550 counts", () => {
    const { meter, tally, passed, hear } = metered();
    for (const seq of [0, 1, 1, 1, 3, 0, 2, 2]) hear(seq);
    expect(passed).toEqual([0, 1, 3, 2]);
    expect(meter).toMatchObject({ packets: 8, lost: 0, lostOfRun: -4, late: 1, duplicated: 4 });
    expect(tally.refused).toEqual({ duplicate: 4 });
  });

  test("a copy is known for 99 numbers; numbers further behind are those of a source that begins anew", () => {
    const { meter, tally, passed, hear } = metered();
    for (let seq = 0; seq < 600; seq += 1) if (seq !== 510) hear(seq);
    const before = meter.innerSsrc;
    hear(501);
    expect(meter).toMatchObject({ lost: 1, late: 0, duplicated: 1 });
    hear(510);
    expect(meter).toMatchObject({ lost: 0, late: 1, duplicated: 1 });
    expect(meter.innerSsrc).toBe(before);
    for (const seq of [499, 500]) hear(seq);
    expect(meter).toMatchObject({ ssrc: 1, lost: 0, expected: 602, lostOfRun: 0 });
    expect(meter.innerSsrc).not.toBe(before);
    expect(passed.slice(-3)).toEqual([510, 499, 500]);
    expect(tally.refused).toEqual({ duplicate: 1 });
  });

  test("what is older than the first is late, once, and hides no loss", () => {
    const { meter, passed, hear } = metered();
    for (const seq of [10, 9, 9, 12]) hear(seq);
    expect(meter).toMatchObject({ expected: 3, lost: 1, late: 1, duplicated: 1 });
    expect(passed).toEqual([10, 9, 12]);
  });

  test("a new source is measured from its own beginning, and the old one's losses are kept", () => {
    const { meter, hear } = metered();
    for (const seq of [0, 5]) hear(seq);
    for (const seq of [40_000, 40_001]) hear(seq, { ssrc: 2 });
    expect(meter).toMatchObject({ ssrc: 2, expected: 8, lost: 4, lostOfRun: 0, highestSeq: 40_001 });
    hear(5);
    expect(meter.duplicated).toBe(0);
  });
});

describe("jitter", () => {
  test("is none at an even pace", async () => {
    const { clock, meter, hear } = metered();
    for (let seq = 0; seq < 50; seq += 1) {
      hear(seq);
      await clock.advance(20);
    }
    expect(meter.jitterTicks).toBe(0);
  });

  test("follows the filter of RFC 3550 appendix A.8", async () => {
    const { clock, meter, hear } = metered();
    let sixteenths = 0;
    for (let seq = 0; seq < 50; seq += 1) {
      hear(seq);
      await clock.advance(seq % 2 === 0 ? 25 : 15);
      if (seq > 0) sixteenths += 40 - ((sixteenths + 8) >> 4);
    }
    expect(meter.jitterTicks).toBe(sixteenths >> 4);
    expect(meter.jitterMs).toBeCloseTo(5, 0);
  });

  test("knows nothing of key presses, whose packets share a timestamp, nor of a clock that was set", async () => {
    const { clock, meter, hear } = metered();
    for (let seq = 0; seq < 100; seq += 1) {
      const isKey = seq >= 40 && seq < 70;
      hear(seq, isKey ? { payloadType: 101, timestamp: 40 * 160 } : {});
      await clock.advance(20);
    }
    for (let seq = 100; seq < 120; seq += 1) {
      hear(seq, { timestamp: 3_000_000_000 + seq * 160 });
      await clock.advance(20);
    }
    expect(meter.jitterTicks).toBe(0);
  });
});
