import { describe, expect, test } from "vitest";
import { makeRtp, type RtpPeer, rtp } from "../src/testing/index.ts";
import { connected, frames, joinedPair } from "./memory-relay.ts";

const said = frames(500);

/** How far each packet is from the first, in numbers, over wraps. */
const placesOf = ({ heardSeqs }: RtpPeer): number[] => {
  let place = 0;
  return heardSeqs.map((seq, at) => {
    place += ((seq - (heardSeqs[at - 1] ?? seq)) << 16) >> 16;
    return place;
  });
};
const inRow = ({ heardSeqs }: RtpPeer): number[] => heardSeqs.map((_, index) => index);
/** The steps between timestamps, on their circle. */
const tickStepsOf = ({ received }: RtpPeer): number[] => {
  const ticks = received.packets.map(rtp.timestamp);
  return ticks.slice(1).map((one, at) => (one - ticks[at]!) | 0);
};
const ssrcsOf = ({ received }: RtpPeer) => new Set(received.packets.map(rtp.ssrc));

describe("the stream towards a peer", () => {
  test("is one over 70,000 packets, the wraps of their numbers, holds and re-INVITEs in between", async () => {
    const { alice, bob, clock, a, b } = await joinedPair();
    for (let round = 0; round < 140; round += 1) {
      for (const frame of said) alice.say(frame);
      await clock.advance(said.length * 20);
      if (round % 3 === 0) await a.connect(alice.remote());
      if (round % 5 !== 0) continue;
      await b.connect(bob.remote({ direction: round % 2 === 0 ? "recvonly" : "inactive" }));
      for (const frame of said.slice(0, 50)) alice.say(frame);
      await clock.advance(60_000);
      await b.connect(bob.remote());
    }
    expect(bob.heard).toHaveLength(70_000);
    expect(bob.heard.at(-1)).toEqual(said.at(-1));
    expect(placesOf(bob)).toEqual(inRow(bob));
    expect(ssrcsOf(bob).size).toBe(1);
    expect(Math.min(...tickStepsOf(bob).slice(0, 20_000))).toBe(160);
    expect(tickStepsOf(bob).filter((step) => step < 160)).toEqual([]);
  });

  test("goes on after a day on hold, in both directions", async () => {
    const { alice, bob, clock, a } = await joinedPair();
    const talk = (): void => {
      alice.say(said[0]!);
      bob.say(said[1]!);
    };
    talk();
    await a.connect(alice.remote({ direction: "inactive" }));
    await clock.advance(86_400_000);
    await a.connect(alice.remote());
    talk();
    for (const peer of [alice, bob]) {
      expect(placesOf(peer)).toEqual([0, 1]);
      expect(ssrcsOf(peer).size).toBe(1);
    }
    expect(tickStepsOf(alice)).toEqual([86_400_000 * 8]);
    // Alice's own clock stood still meanwhile.
    expect(tickStepsOf(bob)).toEqual([160]);
  });

  test("goes on when the other leg is replaced, and when that one's peer begins anew", async () => {
    const { alice, bob, clock, network, session, b } = await joinedPair();
    const say = async (peer: RtpPeer, count: number): Promise<void> => {
      for (const frame of said.slice(0, count)) {
        peer.say(frame);
        await clock.advance(20);
      }
    };
    await say(alice, 10);
    const c = await session.plainLeg();
    const carol = await connected(network, c, "10.1.0.3");
    await session.join(c.id, b.id);
    await say(carol, 10);
    [carol.ssrc, carol.seq, carol.timestamp] = [0x5555_5555, 1, 2];
    await say(carol, 10);
    // The same source, its clock set and its numbers begun again, as a recording that is played in a loop.
    [carol.seq, carol.timestamp] = [1, 2];
    await say(carol, 40);
    await session.join((await session.sourceLeg({ kind: "tone", hz: [440] })).id, b.id);
    await clock.advance(100);
    expect(placesOf(bob)).toEqual(inRow(bob));
    expect(ssrcsOf(bob).size).toBe(1);
    expect(Math.min(...tickStepsOf(bob))).toBeGreaterThanOrEqual(160);
    expect(bob.heard.length).toBeGreaterThan(10 + 10 + 10 + 20 + 5);
  });

  test("has no gap where comfort noise was, and nothing of it counts as lost", async () => {
    const { alice, bob, session, relay } = await joinedPair();
    for (const frame of said.slice(0, 10)) {
      alice.say(frame);
      alice.say(Uint8Array.of(60), 13);
    }
    expect(bob.heard).toEqual(said.slice(0, 10));
    expect(placesOf(bob)).toEqual(inRow(bob));
    expect((await session.statistics())[0]!.received).toMatchObject({ packets: 20, lost: 0 });
    expect((await relay.counters()).refused).toEqual({ "comfort-noise": 10 });
  });

  test("through an echo has no gap, and no number twice, where a key press was left out and packets came late", async () => {
    const { alice, session, a } = await joinedPair();
    await session.join(a.id, (await session.sourceLeg({ kind: "echo" })).id);
    const say = (place: number): void => {
      [alice.seq, alice.timestamp] = [place, place * 160];
      alice.say(said[place]!);
    };
    for (const place of [0, 1, 3]) say(place);
    [alice.seq, alice.timestamp] = [4, 640];
    alice.sayKey("1", 160, true);
    for (const place of [5, 2, 7, 6]) say(place);
    expect(placesOf(alice)).toEqual([0, 1, 3, 4, 6, 5]);
  });

  test.each([
    ["back by 1000", -1000],
    ["back by 100", -100],
    ["back by 20", -20],
    ["back by one", -2],
    ["back to the beginning", -30_000],
    ["ahead by 10,000", 10_000],
  ])("loses nothing when its source sets its sequence %s and its timestamps go on", async (_, by) => {
    const { alice, bob, clock, session } = await joinedPair();
    const say = async (count: number): Promise<void> => {
      for (const frame of said.slice(0, count)) {
        alice.say(frame);
        await clock.advance(20);
      }
    };
    await say(100);
    alice.seq = (alice.seq + by) & 0xffff;
    await say(20);
    expect(bob.heard).toHaveLength(120);
    expect(placesOf(bob)).toEqual(inRow(bob));
    expect(Math.min(...tickStepsOf(bob))).toBeGreaterThanOrEqual(160);
    expect((await session.statistics())[0]!.received).toMatchObject({ packets: 120, lost: 0, duplicated: 0 });
  });

  test.each([-4000, -160, -8000, -480_000, 0, 20_000, 691_200_000])(
    "has timestamps that only grow when those of its source step by %i ticks",
    async (by) => {
      const { alice, bob, clock } = await joinedPair();
      for (const [at, frame] of said.slice(0, 100).entries()) {
        if (at === 50) alice.timestamp = (alice.timestamp - 160 + by) >>> 0;
        alice.say(frame);
        await clock.advance(20);
      }
      expect(bob.heard).toEqual(said.slice(0, 100));
      expect(new Set(tickStepsOf(bob))).toEqual(new Set([160]));
      expect(placesOf(bob)).toEqual(inRow(bob));
    },
  );

  test("has timestamps that grow when all of its source's are the same", async () => {
    const { alice, bob, clock } = await joinedPair();
    for (const frame of said.slice(0, 50)) {
      alice.timestamp = 7;
      alice.say(frame);
      await clock.advance(20);
    }
    expect(bob.heard).toHaveLength(50);
    expect(new Set(tickStepsOf(bob))).toEqual(new Set([160]));
  });

  test.each([
    ["empty", new Uint8Array(0), 0, "keep-alive"],
    ["of RED", new Uint8Array(10), 63, "unknown-payload-type"],
    ["of comfort noise under its old number", new Uint8Array(10), 19, "unknown-payload-type"],
    ["of video", new Uint8Array(1000), 96, "unknown-payload-type"],
    ["half a key press", new Uint8Array(3), 101, "malformed"],
  ])("has no gap where packets were that are %s, and none of them counts as lost", async (_, payload, type, reason) => {
    const { alice, bob, clock, session, relay } = await joinedPair();
    for (const [at, frame] of said.slice(0, 100).entries()) {
      if (at % 10 === 9) alice.say(payload, type);
      else alice.say(frame);
      await clock.advance(20);
    }
    expect(bob.heard).toHaveLength(90);
    expect(placesOf(bob)).toEqual(inRow(bob));
    expect((await session.statistics())[0]!.received).toMatchObject({ packets: 100, lost: 0 });
    expect((await relay.counters()).refused).toEqual({ [reason]: 10 });
  });

  test("stays with its source while packets of another payload type and source come between", async () => {
    const { alice, bob } = await joinedPair();
    let seq = 1;
    for (const frame of said.slice(0, 50)) {
      alice.say(frame);
      for (let count = 0; count < 3; count += 1) {
        alice.sendRaw(makeRtp({ payloadType: 96, seq, timestamp: 9, ssrc: 0x9999 }, new Uint8Array(900)));
        seq += 1;
      }
    }
    expect(bob.heard).toEqual(said.slice(0, 50));
    expect(placesOf(bob)).toEqual(inRow(bob));
  });
});
