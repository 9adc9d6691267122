import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Moment } from "../kernel/moment.ts";
import { Tally } from "../kernel/refusals.ts";
import { makeRtp, rtp } from "../packet/rtp.ts";
import { ticksDelta } from "../packet/sequence.ts";
import { Remap, type StreamStart } from "./remap.ts";

/** One outgoing stream on a clock that the test sets, and the packets that left. */
function remapped(start: StreamStart = { ssrc: 7, seq: 99, timestamp: 1000 }) {
  const time = { nowMs: 0 };
  const moment = new Moment({ nowMs: () => time.nowMs, after: () => () => {} });
  const tally = new Tally();
  const remap = new Remap(moment, tally, start);
  const left: Uint8Array[] = [];
  const sink = remap.stage(0)((packet) => left.push(packet));
  const take = (seq: number, timestamp: number, { ssrc = 1, payloadType = 0 } = {}): void => {
    moment.mark();
    const fields = { payloadType, seq: seq & 0xffff, timestamp: timestamp >>> 0, ssrc };
    sink(makeRtp(fields, new Uint8Array(160)));
  };
  const seqs = (): number[] => left.map(rtp.seq);
  const ticks = (): number[] => left.map((packet) => ticksDelta(start.timestamp, rtp.timestamp(packet)));
  return { time, remap, tally, left, take, seqs, ticks };
}

describe("a stream that leaves", () => {
  test("begins with the number after its start, one frame on, and marked", () => {
    const { left, seqs, ticks, take } = remapped();
    take(5000, 123_456);
    take(5001, 123_616);
    expect([seqs(), ticks()]).toEqual([
      [100, 101],
      [160, 320],
    ]);
    expect(left.map(rtp.marker)).toEqual([true, false]);
  });

  test.each([
    ["a second", 1000],
    ["an hour", 3_600_000],
    ["three days", 3 * 86_400_000],
  ])("goes on after a hold of %s with the next number and as much later", (_, holdMs) => {
    const { time, remap, take, seqs, ticks } = remapped();
    take(10, 1600);
    remap.restart();
    time.nowMs += holdMs;
    take(11, 1760);
    expect(seqs()).toEqual([100, 101]);
    expect(ticks()[1]).toBe((160 + holdMs * 8) | 0);
  });

  test("after a hold that is longer than half the circle of timestamps goes one frame on, not back", () => {
    const { time, remap, take, ticks } = remapped();
    take(10, 1600);
    remap.restart();
    time.nowMs += 80 * 3_600_000;
    take(11, 1760);
    expect(ticks()).toEqual([160, 320]);
  });

  test.each([
    ["back", -3_000_000],
    ["ahead", 3_000_000],
  ])("is one stream when its source's timestamps leap %s", (_, leap) => {
    const { time, take, seqs, ticks } = remapped();
    for (const index of [0, 1, 2, 3]) {
      take(10 + index, 5_000_000 + index * 160 + (index < 2 ? 0 : leap));
      time.nowMs += 20;
    }
    expect(seqs()).toEqual([100, 101, 102, 103]);
    expect(ticks()).toEqual([160, 320, 480, 640]);
  });

  test("keeps the pauses of a source that counts time while it says nothing", () => {
    const { time, take, ticks } = remapped();
    take(10, 0);
    time.nowMs += 60_000;
    take(11, 480_000);
    expect(ticks()).toEqual([160, 480_160]);
  });

  test("gives a press the present time when its own is far off, and keeps it for all of its packets", () => {
    const { time, take, ticks } = remapped();
    take(10, 1600);
    for (const [at, timestamp] of [400_000, 400_000, -400_000, -400_000].entries()) {
      time.nowMs += 20;
      take(11 + at, timestamp, { payloadType: 101 });
    }
    take(15, 1760);
    expect(ticks()).toEqual([160, 320, 320, 640, 640, 320]);
  });

  test("refuses an old number whose time is not a little older: its source has set its clock meanwhile", () => {
    const { tally, take, seqs, ticks } = remapped();
    for (const [seq, timestamp] of [
      [10, 80_000],
      [12, 80_320],
      [11, 480],
      [14, 960],
      [13, 800],
      [15, 1120],
    ] as const)
      take(seq, timestamp);
    expect(seqs()).toEqual([100, 102, 104, 105]);
    expect(ticks()).toEqual([160, 480, 640, 800]);
    expect(tally.refused).toEqual({ "too-late": 2 });
  });

  test("refuses what is older than its source's beginning, and counts it", () => {
    const { remap, tally, take, seqs } = remapped();
    take(10, 1600);
    remap.restart();
    take(12, 1920);
    take(11, 1760);
    expect(seqs()).toEqual([100, 101]);
    expect(tally.refused).toEqual({ "too-late": 1 });
  });
});

/** What may happen between two packets, and packets of one of three sources. */
const happening = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant("frame" as const), source: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("key" as const), source: fc.nat(2), packets: fc.nat(12) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("noise" as const), source: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("restart" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("own" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.nat(100 * 3_600_000) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("reset" as const), source: fc.nat(2), by: fc.nat(0xffff) }) },
);
const word = fc.nat(0xffff);
const long = fc.nat(0xffff_fffe);

describe("whatever sources, holds, restarts and pauses there are", () => {
  test("numbers have no gap and none comes twice, timestamps never go back, one SSRC", () => {
    const start = fc.record({ ssrc: long, seq: word, timestamp: long });
    const sources = fc.array(fc.record({ seq: word, timestamp: long }), { minLength: 3, maxLength: 3 });
    const property = fc.property(start, sources, fc.array(happening, { maxLength: 80 }), (start, first, events) => {
      const stream = play(start, first, events);
      expect(stream.seqs.findIndex((seq, index) => seq !== ((start.seq + 1 + index) & 0xffff))).toBe(-1);
      expect(stream.steps.findIndex((step) => step < 0)).toBe(-1);
      expect(stream.ssrcs).toEqual(new Set(stream.seqs.length === 0 ? [] : [start.ssrc]));
    });
    fc.assert(property, { numRuns: 300 });
  });

  test("with losses and late packets too no number comes twice", () => {
    const move = fc.record({
      by: fc.integer({ min: -30, max: 30 }),
      what: fc.constantFrom("say", "say", "omit", "own"),
    });
    const runs = fc.array(fc.array(move, { maxLength: 60 }), { maxLength: 5 });
    const property = fc.property(runs, (runs) => {
      const { remap, take, seqs } = remapped();
      for (const [index, moves] of runs.entries()) {
        remap.restart();
        const came = new Set<number>();
        let highest = 1000 * index;
        for (const { by, what } of moves) {
          const seq = highest + by;
          if (came.has(seq)) continue;
          came.add(seq);
          highest = Math.max(highest, seq);
          if (what === "say") take(seq, seq * 160);
          else if (what === "omit") omit(remap, { seq, timestamp: seq * 160, ssrc: 1 });
          else remap.make(101, 0, new Uint8Array(4));
        }
      }
      expect(new Set(seqs()).size).toBe(seqs().length);
    });
    fc.assert(property, { numRuns: 500 });
  });
});

type Happening = typeof happening extends fc.Arbitrary<infer H> ? H : never;

/** Plays what happens; `steps` are those of the timestamps of what came from sources. */
function play(start: StreamStart, first: readonly { seq: number; timestamp: number }[], events: readonly Happening[]) {
  const { time, remap, left, take } = remapped(start);
  const sources = first.map((each, index) => ({ ...each, ssrc: index + 1 }));
  const own = new Set<Uint8Array>();
  const say = (source: (typeof sources)[number], payloadType: number): void => {
    take(source.seq, source.timestamp, { ssrc: source.ssrc, payloadType });
    source.seq += 1;
    time.nowMs += 20;
  };
  const frame = (source: (typeof sources)[number]): void => {
    say(source, 0);
    source.timestamp += 160;
  };
  for (const event of events) {
    if (event.kind === "restart") remap.restart();
    else if (event.kind === "wait") time.nowMs += event.ms;
    else if (event.kind === "own") left.push(keep(own, remap.make(101, start.timestamp, new Uint8Array(4))));
    else {
      const source = sources[event.source]!;
      if (event.kind === "frame") frame(source);
      else if (event.kind === "noise") omit(remap, source);
      else if (event.kind === "reset") {
        source.ssrc += 3;
        source.seq += event.by;
        source.timestamp += event.by * 60_000;
      } else {
        for (let count = 0; count <= event.packets; count += 1) say(source, 101);
        source.timestamp += (event.packets + 1) * 160;
      }
    }
  }
  const ofSources = left.filter((packet) => !own.has(packet)).map(rtp.timestamp);
  const steps = ofSources.slice(1).map((ticks, index) => ticksDelta(ofSources[index]!, ticks));
  return { seqs: left.map(rtp.seq), ssrcs: new Set(left.map(rtp.ssrc)), steps };
}

function keep(own: Set<Uint8Array>, packet: Uint8Array): Uint8Array {
  own.add(packet);
  return packet;
}

function omit(remap: Remap, source: { seq: number; timestamp: number; readonly ssrc: number }): void {
  const { ssrc, seq, timestamp } = source;
  remap.omit(makeRtp({ payloadType: 13, seq: seq & 0xffff, timestamp: timestamp >>> 0, ssrc }, new Uint8Array(1)));
  source.seq += 1;
}
