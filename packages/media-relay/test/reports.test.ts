import { describe, expect, test } from "vitest";
import { makeRtp, middleOf, type Report, type RtpPeer, readCompound, rtp } from "../src/testing/index.ts";
import { frames, joinedPair } from "./memory-relay.ts";

const [frame] = frames(1) as [Uint8Array];
/** No report is further from the one before it, RFC 3550 section 6.3.1. */
const longestIntervalMs = 6200;

const compoundsOf = ({ received }: RtpPeer) =>
  received.reports.map((bytes) => {
    const read = readCompound(bytes);
    if (!read.ok) throw new Error(read.why);
    return read.value;
  });
const reportsOf = (peer: RtpPeer): Report[] => compoundsOf(peer).map(({ reports }) => reports[0]!);
const lastOf = (peer: RtpPeer): Report => reportsOf(peer).at(-1)!;

type Pair = Awaited<ReturnType<typeof joinedPair>>;

/** Waits for the next report to a peer. */
async function nextReport({ clock }: Pair, peer: RtpPeer): Promise<Report> {
  const before = peer.received.reports.length;
  for (let ms = 0; ms < longestIntervalMs && peer.received.reports.length === before; ms += 20) await clock.advance(20);
  return lastOf(peer);
}

/** Alice says numbers of a source. */
function sayNumbers({ alice }: Pair, seqs: readonly number[], ssrc = 77): void {
  for (const seq of seqs) {
    alice.sendRaw(makeRtp({ payloadType: 0, seq: seq & 0xffff, timestamp: (seq * 160) >>> 0, ssrc }, frame));
  }
}

/** A receiver report about `ssrc`, written by hand. */
function receiverReport(ssrc: number, changes: { lastSr?: number; delay?: number } = {}): Uint8Array {
  const view = new DataView(new ArrayBuffer(32));
  view.setUint16(0, 0x81c9);
  view.setUint16(2, 7);
  view.setUint32(8, ssrc);
  view.setUint32(12, 0x4000_0003);
  view.setUint32(20, 80);
  view.setUint32(24, changes.lastSr ?? 0);
  view.setUint32(28, changes.delay ?? 0);
  return new Uint8Array(view.buffer);
}

/** A sender report of `ssrc` without blocks. */
function senderReport(ssrc: number, ntp: readonly [number, number]): Uint8Array {
  const view = new DataView(new ArrayBuffer(28));
  view.setUint16(0, 0x80c8);
  view.setUint16(2, 6);
  view.setUint32(4, ssrc);
  view.setUint32(8, ntp[0]);
  view.setUint32(12, ntp[1]);
  return new Uint8Array(view.buffer);
}

describe("reports", () => {
  test("the peer gets an SR with counts and a CNAME, or an RR while nothing is sent, and what was lost of its own", async () => {
    const pair = await joinedPair();
    const { alice, bob } = pair;
    sayNumbers(pair, [65_533, 65_534, 0, 1]);
    const toAlice = await nextReport(pair, alice);
    const toBob = await nextReport(pair, bob);
    expect(toAlice.sender).toBeUndefined();
    expect(toAlice.blocks).toEqual([
      expect.objectContaining({ ssrc: 77, lost: 1, fractionLost: 51, highestSeq: 0x1_0001, lastSr: 0 }),
    ]);
    expect(toBob.sender).toMatchObject({ packets: 4, octets: 640 });
    expect(toBob.ssrc).toBe(rtp.ssrc(bob.received.packets[0]!));
    expect(new TextDecoder("latin1").decode(bob.received.reports[0]!)).toMatch(/[0-9a-f]{16}/);
  });

  test("a sender stays one for two reports after its last packet; a source unheard since the last report is not reported", async () => {
    const pair = await joinedPair();
    sayNumbers(pair, [1, 2]);
    const toBob = [
      await nextReport(pair, pair.bob),
      await nextReport(pair, pair.bob),
      await nextReport(pair, pair.bob),
    ];
    expect(toBob.map(({ sender }) => sender !== undefined)).toEqual([true, true, false]);
    expect(reportsOf(pair.alice)[0]!.blocks).toHaveLength(1);
    expect(reportsOf(pair.alice)[1]!.blocks).toHaveLength(0);
    sayNumbers(pair, [4]);
    expect((await nextReport(pair, pair.alice)).blocks).toMatchObject([{ lost: 1, fractionLost: 128 }]);
  });

  test("copies make the number lost negative", async () => {
    const pair = await joinedPair();
    sayNumbers(pair, [1, 2, 2, 2, 3]);
    expect((await nextReport(pair, pair.alice)).blocks).toMatchObject([{ lost: -2, fractionLost: 0 }]);
  });

  test("the last sender report of a source is named with the time since; another source's never is", async () => {
    const pair = await joinedPair();
    const { alice, clock } = pair;
    sayNumbers(pair, [1]);
    alice.report(senderReport(77, [0x1234_5678, 0x9abc_def0]));
    const at = clock.nowMs();
    const { blocks } = await nextReport(pair, alice);
    expect(blocks[0]).toMatchObject({ lastSr: 0x5678_9abc });
    expect(blocks[0]!.delaySinceLastSr / 65.536).toBeCloseTo(clock.nowMs() - at, -2);
    sayNumbers(pair, [1, 2], 78);
    expect((await nextReport(pair, alice)).blocks[0]).toMatchObject({ ssrc: 78, lastSr: 0, delaySinceLastSr: 0 });
  });

  test("the timestamp of a sender report is that of the stream at that moment", async () => {
    const pair = await joinedPair();
    const { bob, clock } = pair;
    sayNumbers(pair, [1]);
    const saidMs = clock.nowMs();
    const { sender } = await nextReport(pair, bob);
    const ticks = (sender!.timestamp - rtp.timestamp(bob.received.packets[0]!)) >>> 0;
    expect(ticks / 8).toBeCloseTo(clock.nowMs() - saidMs, -2);
  });

  test("none are sent to a peer that takes none, nor a BYE", async () => {
    const { alice, bob, clock, b } = await joinedPair();
    await b.connect(bob.remote({ rtcpPort: 0 }));
    alice.say(frame);
    await clock.advance(20_000);
    expect(alice.received.reports.length).toBeGreaterThan(2);
    expect(bob.received.reports).toHaveLength(0);
    await b.close();
    expect(bob.received.reports).toHaveLength(0);
  });
});

describe("goodbyes", () => {
  test("closing says BYE to who has been sent anything, and nothing to who has not", async () => {
    const { alice, bob, a, b } = await joinedPair();
    alice.say(frame);
    await a.close();
    await b.close();
    expect(compoundsOf(bob).map(({ byes }) => byes)).toEqual([[rtp.ssrc(bob.received.packets[0]!)]]);
    expect(alice.received.reports).toHaveLength(0);
  });

  test.each([
    ["the peer's own", "10.1.0.1", "rtcp"],
    ["a stranger's", "10.9.9.9", "stranger"],
  ])("%s BYE ends nothing: what is said afterwards is heard, reported and counted as before", async (_, __, who) => {
    const pair = await joinedPair();
    const { alice, bob, network, a, clock } = pair;
    const bye = Uint8Array.of(0x80, 201, 0, 1, 0, 0, 0, 77, 0x81, 203, 0, 1, 0, 0, 0, 77);
    sayNumbers(pair, [1]);
    const stranger = await network.bind({ address: "10.9.9.9", port: 0 }, { onDatagram: () => {}, onError: () => {} });
    for (let count = 0; count < 5; count += 1) {
      if (who === "rtcp") alice.report(bye);
      else stranger.send(bye, { address: a.local.address, port: a.local.rtcpPort });
    }
    await clock.advance(10_000);
    sayNumbers(pair, [2, 3]);
    expect(bob.heard).toHaveLength(3);
    expect((await nextReport(pair, alice)).blocks).toMatchObject([{ ssrc: 77, lost: 0, highestSeq: 3 }]);
  });
});

describe("what the peer reports", () => {
  test("of our stream is told in the statistics, with the round trip; of any other it is nothing", async () => {
    const pair = await joinedPair();
    const { alice, bob, clock, session, b } = pair;
    for (const one of frames(10)) {
      alice.say(one);
      await clock.advance(20);
    }
    const own = await nextReport(pair, bob);
    await clock.advance(250);
    bob.report(receiverReport(own.ssrc + 1, { lastSr: middleOf(own.sender!) }));
    expect((await session.statistics())[1]!.sent).toEqual({ packets: 10, bytes: 1720 });
    bob.report(receiverReport(own.ssrc, { lastSr: middleOf(own.sender!), delay: 0.1 * 65_536 }));
    const [ofAlice, ofBob] = await session.statistics();
    expect(ofAlice).toMatchObject({ kind: "plain", received: { packets: 10, bytes: 1720, lost: 0, jitterMs: 0 } });
    expect(ofAlice).not.toHaveProperty("roundTripMs");
    expect(ofBob).toMatchObject({
      leg: b.id,
      sent: { packets: 10, bytes: 1720, peer: { lossFraction: 0.25, lost: 3, jitterMs: 10 } },
    });
    expect(ofBob!.roundTripMs).toBeCloseTo(150, -2);
    expect(ofBob!.sent.quality!.mos).toBeLessThan(ofAlice!.received.quality!.mos);
    expect(ofAlice!.received.quality!.r).toBeCloseTo(93.15, 1);
  });

  /** Every number that leaves the relay in a leg's statistics. */
  const numbersOf = (one: unknown): number[] =>
    typeof one === "number"
      ? [one]
      : one !== null && typeof one === "object"
        ? Object.values(one).flatMap(numbersOf)
        : [];

  test("before anything was sent rates nothing: no number is anything but finite", async () => {
    const pair = await joinedPair();
    const { alice, session } = pair;
    sayNumbers(pair, [1, 2]);
    const { ssrc } = await nextReport(pair, alice);
    alice.report(receiverReport(ssrc));
    const statistics = await session.statistics();
    expect(statistics[0]!.sent).toEqual({ packets: 0, bytes: 0, peer: { lossFraction: 0.25, lost: 3, jitterMs: 10 } });
    expect(numbersOf(statistics).filter((one) => !Number.isFinite(one))).toEqual([]);
  });

  test.each([
    ["that we never sent", () => ({ lastSr: 0x1234 })],
    ["of a minute in the future", (middle: number) => ({ lastSr: (middle + 60 * 65_536) >>> 0 })],
    ["with a delay longer than the time since", (middle: number) => ({ lastSr: middle, delay: 0x7fff_ffff })],
    ["with the longest delay there is", (middle: number) => ({ lastSr: middle, delay: 0xffff_ffff })],
  ])("of a report %s is no round trip", async (_, changes) => {
    const pair = await joinedPair();
    const { bob, session } = pair;
    sayNumbers(pair, [1, 2]);
    const own = await nextReport(pair, bob);
    bob.report(receiverReport(own.ssrc, changes(middleOf(own.sender!))));
    expect((await session.statistics())[1]).not.toHaveProperty("roundTripMs");
  });

  test("of an earlier report of ours, not the last, is a round trip too", async () => {
    const pair = await joinedPair();
    const { bob, session } = pair;
    sayNumbers(pair, [1, 2]);
    const own = await nextReport(pair, bob);
    const atMs = pair.clock.nowMs();
    await nextReport(pair, bob);
    const delay = Math.round((pair.clock.nowMs() - atMs - 80) * 65.536);
    bob.report(receiverReport(own.ssrc, { lastSr: middleOf(own.sender!), delay }));
    expect((await session.statistics())[1]!.roundTripMs).toBeCloseTo(80, -2);
  });

  test("of the way to one peer counts in the ratings of both, and still after they are parted", async () => {
    const pair = await joinedPair();
    const { alice, bob, clock, session, a, b } = pair;
    for (const one of frames(10)) {
      alice.say(one);
      bob.say(one);
      await clock.advance(20);
    }
    const [toAlice, toBob] = [await nextReport(pair, alice), await nextReport(pair, bob)];
    const delayOf = async (report: Report, leg: number): Promise<number> => {
      const { r } = (await session.statistics())[leg]!.received.quality!;
      expect(report.sender).toBeDefined();
      return 93.2 - r;
    };
    expect(await delayOf(toAlice, 0)).toBe(0);
    await clock.advance(800);
    bob.report(receiverReport(toBob.ssrc, { lastSr: middleOf(toBob.sender!) }));
    const points = await delayOf(toAlice, 0);
    expect(points).toBeGreaterThan(10);
    expect(await delayOf(toBob, 1)).toBeCloseTo(points, 6);
    await b.close();
    expect(await delayOf(toAlice, 0)).toBeCloseTo(points, 6);
    await a.close();
  });
});
