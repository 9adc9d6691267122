import { describe, expect, test } from "vitest";
import { makeRtp, readCompound, rtp } from "../src/testing/index.ts";
import { frames, joinedPair } from "./memory-relay.ts";

const reportsOf = (packets: readonly Uint8Array[]) =>
  packets.map((packet) => {
    const read = readCompound(packet);
    if (!read.ok) throw new Error(read.why);
    return read.value;
  });

describe("reports", () => {
  test("every five seconds the peer gets an SR with counts, loss and CNAME, or an RR while nothing is sent", async () => {
    const { alice, bob, clock } = await joinedPair();
    for (const seq of [10, 11, 13, 14]) {
      alice.sendRaw(makeRtp({ payloadType: 0, seq, timestamp: seq * 160, ssrc: 77 }, frames(1)[0]!));
      await clock.advance(20);
    }
    await clock.advance(5000);
    const [toAlice] = reportsOf(alice.received.reports);
    const [toBob] = reportsOf(bob.received.reports);
    expect(toAlice!.reports[0]!.sender).toBeUndefined();
    expect(toAlice!.reports[0]!.blocks[0]).toMatchObject({ ssrc: 77, lost: 1, fractionLost: 51, highestSeq: 14 });
    expect(toBob!.reports[0]!.sender).toMatchObject({ packets: 4, octets: 640 });
    expect(toBob!.reports[0]!.ssrc).toBe(rtp.ssrc(bob.received.packets[0]!));
    expect(new TextDecoder("latin1").decode(bob.received.reports[0]!)).toMatch(/[0-9a-f]{16}/);
  });

  test("closing says BYE; a BYE of the peer ends nothing", async () => {
    const { alice, bob, a, b } = await joinedPair();
    alice.report(Uint8Array.of(0x81, 203, 0, 1, 0x11, 0x11, 0x11, 0x11));
    alice.say(frames(1)[0]!);
    expect(bob.heard).toHaveLength(1);
    await a.close();
    expect(reportsOf(alice.received.reports).at(-1)!.byes).toHaveLength(1);
    await b.close();
  });

  test("statistics agree with what was sent, and with what the peer reports", async () => {
    const { alice, bob, clock, session, b } = await joinedPair();
    for (const frame of frames(10)) {
      alice.say(frame);
      await clock.advance(20);
    }
    await clock.advance(5000);
    const own = reportsOf(bob.received.reports)[0]!.reports[0]!;
    const block = new DataView(new ArrayBuffer(32));
    block.setUint16(0, 0x81c9);
    block.setUint16(2, 7);
    block.setUint32(8, own.ssrc);
    block.setUint32(12, 3);
    block.setUint32(20, 80);
    block.setUint32(24, (((own.sender!.ntpSeconds & 0xffff) << 16) | (own.sender!.ntpFraction >>> 16)) >>> 0);
    block.setUint32(28, 0);
    await clock.advance(50);
    bob.report(new Uint8Array(block.buffer));
    const [ofAlice, ofBob] = await session.statistics();
    expect(ofAlice).toMatchObject({ kind: "plain", received: { packets: 10, bytes: 1720, lost: 0, jitterMs: 0 } });
    expect(ofBob).toMatchObject({ leg: b.id, sent: { packets: 10, bytes: 1720, lost: 3, jitterMs: 10 } });
    expect(ofBob!.roundTripMs).toBeCloseTo(250, 0);
  });
});
