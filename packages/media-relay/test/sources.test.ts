import { describe, expect, test } from "vitest";
import { makeRtp, type RtpPeer, rtp } from "../src/testing/index.ts";
import { joinedPair } from "./memory-relay.ts";

/** A stream of frames that all hold the same octet. */
class Stream {
  seq: number;
  timestamp: number;
  readonly #peer: RtpPeer;
  readonly #ssrc: number;
  readonly mark: number;
  constructor(peer: RtpPeer, ssrc: number, { mark, seq = 100 }: { readonly mark: number; readonly seq?: number }) {
    this.#peer = peer;
    this.#ssrc = ssrc;
    this.mark = mark;
    this.seq = seq;
    this.timestamp = seq * 160;
  }

  say(): void {
    const header = { payloadType: 0, seq: this.seq & 0xffff, timestamp: this.timestamp >>> 0, ssrc: this.#ssrc };
    this.#peer.sendRaw(makeRtp(header, new Uint8Array(160).fill(this.mark)));
    this.seq += 1;
    this.timestamp += 160;
  }
}

async function scene() {
  const { clock, alice, bob, relay } = await joinedPair();
  const [one, two] = [new Stream(alice, 0xa1, { mark: 1 }), new Stream(alice, 0xb2, { mark: 2, seq: 30_000 })];
  const marks = (): string => bob.heard.map(([mark]) => mark).join("");
  const ticks = (from: number, to: number): number =>
    (rtp.timestamp(bob.received.packets.at(to)!) - rtp.timestamp(bob.received.packets[from]!)) >>> 0;
  const refused = async () => (await relay.counters()).refused;
  return { clock, alice, bob, one, two, marks, ticks, refused };
}

describe("sources from one place", () => {
  test("of two at once only the first is heard, in its own time, until it is silent", async () => {
    const { clock, one, two, marks, ticks } = await scene();
    for (let frame = 0; frame < 250; frame += 1) {
      one.say();
      await clock.advance(10);
      if (frame >= 50) two.say();
      await clock.advance(10);
    }
    expect(marks()).toBe("1".repeat(250));
    expect(ticks(0, -1)).toBe(249 * 160);
    for (let frame = 0; frame < 50; frame += 1) {
      two.say();
      await clock.advance(20);
    }
    expect(marks()).toBe("1".repeat(250) + "2".repeat(51));
  });

  test.each([1, 2, 5, 40])("%i stray packets in a row between two frames move nothing", async (count) => {
    const { clock, one, two, marks, ticks, refused } = await scene();
    for (let frame = 0; frame < 250; frame += 1) {
      one.say();
      await clock.advance(20);
      if (frame % 25 === 24) for (let stray = 0; stray < count; stray += 1) two.say();
    }
    one.say();
    expect(marks()).toBe("1".repeat(251));
    expect(ticks(0, -1)).toBe(250 * 160);
    expect(await refused()).toEqual({ "unproven-source": 10 * count });
  });

  test("a change of source loses no packet, and the time between them stays as it was", async () => {
    const { clock, one, two, marks, ticks } = await scene();
    for (const source of [one, two])
      for (let frame = 0; frame < 50; frame += 1) {
        source.say();
        await clock.advance(20);
      }
    expect(marks()).toBe("1".repeat(50) + "2".repeat(50));
    expect(ticks(0, -1)).toBe(99 * 160);
  });

  test("a source that begins again with other numbers is heard, whole", async () => {
    const { clock, one, marks } = await scene();
    for (const seq of [100, 20_000, 10, 40_000]) {
      one.seq = seq;
      for (let frame = 0; frame < 50; frame += 1) {
        one.say();
        await clock.advance(20);
      }
    }
    expect(marks()).toBe("1".repeat(200));
  });

  test("a hundred sources one after the other are all heard", async () => {
    const { clock, alice, bob } = await scene();
    for (let ssrc = 1; ssrc <= 100; ssrc += 1) {
      const source = new Stream(alice, ssrc, { mark: ssrc });
      for (let frame = 0; frame < 10; frame += 1) {
        source.say();
        await clock.advance(20);
      }
    }
    expect(new Set(bob.heard.map(([mark]) => mark)).size).toBe(100);
    expect(bob.heard.length).toBe(1000);
  });

  test("single packets of many sources do not keep the next real source from being heard", async () => {
    const { clock, alice, one, two, marks } = await scene();
    for (let frame = 0; frame < 10; frame += 1) {
      one.say();
      await clock.advance(20);
    }
    for (let frame = 0; frame < 50; frame += 1) {
      two.say();
      await clock.advance(10);
      for (let stray = 0; stray < 3; stray += 1) new Stream(alice, 1000 + frame * 3 + stray, { mark: 3 }).say();
      await clock.advance(10);
    }
    expect(marks()).not.toContain("3");
    expect(marks().replaceAll("1", "").length).toBe(50);
  });
});
