import { describe, expect, test } from "vitest";
import {
  digitOf,
  type ReportBlock,
  RtpPeer,
  readCompound,
  rtp,
  rtpPayload,
  telephoneEvent,
} from "../src/testing/index.ts";
import { judged } from "./judged.ts";
import { connected, frames, joinedPair, memoryRelay, type Told } from "./memory-relay.ts";
import { keysFor, mirrored, profiles, SecuredNetwork } from "./secured-network.ts";

const relayAddress = "10.0.0.1";
const seeds = Array.from({ length: 20 }, (_, index) => index + 1);

/** What came to the relay's port from the network, and when. */
type Arrival = { readonly packet: Uint8Array; readonly seq: number; readonly atMs: number };

async function stormyPair(seed: number, told: Told = []) {
  const weather = { seed, loss: 0.05, duplicate: 0.05, reorder: 0.1, spreadMs: 110, towards: relayAddress };
  const pair = await joinedPair(told, { weather });
  const arrivals: Arrival[] = [];
  /** What the relay reports to Alice, and how much had come by then. */
  const reports: (ReportBlock & { readonly arrivals: number })[] = [];
  pair.network.observe((packet, _, to) => {
    if (to.port === pair.a.local.rtpPort) arrivals.push({ packet, seq: rtp.seq(packet), atMs: pair.clock.nowMs() });
    if (to.address === "10.1.0.1") reports.push({ ...blockOf(packet), arrivals: arrivals.length });
  });
  const say = async (payloads: readonly Uint8Array[]): Promise<void> => {
    for (const payload of payloads) {
      pair.alice.say(payload);
      await pair.clock.advance(20);
    }
  };
  return { ...pair, arrivals, reports, say };
}

/** RFC 3550 appendix A.8, in sixteenths of a tick, over what came for the first time. */
function jitterOf(arrivals: readonly Arrival[]): number {
  const transits = arrivals.map(({ packet, atMs }) => Math.floor(atMs * 8) - rtp.timestamp(packet));
  return transits.slice(1).reduce((jitter, transit, at) => {
    const step = Math.abs((transit - transits[at]!) | 0);
    return jitter + step - ((jitter + 8) >> 4);
  }, 0);
}

const gapsOf = (arrivals: readonly Arrival[]): number[] =>
  arrivals.slice(1).map(({ atMs }, at) => atMs - arrivals[at]!.atMs);

function blockOf(report: Uint8Array): ReportBlock {
  const read = readCompound(report);
  if (!read.ok) throw new Error(read.why);
  return read.value.reports[0]!.blocks[0]!;
}

describe("over a path that loses, repeats and reorders", () => {
  test.each(seeds)("what leaves is what came, each once, and all of it is counted (seed %i)", async (seed) => {
    const { bob, arrivals, reports, say, session } = await stormyPair(seed);
    await say(frames(600, seed));
    const [ofAlice] = await session.statistics();
    const { placed, fresh, late, span, whole } = judged(arrivals);
    expect(bob.heard).toEqual(whole.map(({ packet }) => rtpPayload(packet)));
    expect(bob.heardSeqs.map((one) => ((one - bob.heardSeqs[0]!) << 16) >> 16)).toEqual(
      whole.map(({ place }) => place),
    );
    expect(ofAlice!.received).toMatchObject({
      packets: placed.length,
      bytes: placed.length * 172,
      lost: span - whole.length,
      late: late.length,
      duplicated: placed.length - fresh.length,
      jitterMs: jitterOf(fresh) / 16 / 8,
      longestGapMs: Math.max(...gapsOf(fresh)),
    });
    expect(reports.length).toBeGreaterThan(1);
    let before = { span: 0, came: 0 };
    for (const { lost, fractionLost, highestSeq, arrivals: came } of reports) {
      const { span: spanNow } = judged(arrivals.slice(0, came));
      expect({ lost, highestSeq }).toEqual({ lost: spanNow - came, highestSeq: arrivals[0]!.seq + spanNow - 1 });
      const [expectedNow, lostNow] = [spanNow - before.span, spanNow - before.span - (came - before.came)];
      expect(fractionLost).toBe(Math.max(0, Math.floor((256 * lostNow) / expectedNow)));
      before = { span: spanNow, came };
    }
  });

  test.each(seeds)("each press of which anything came is reported once, and ended (seed %i)", async (seed) => {
    const told: Told = [];
    const { alice, bob, say, clock } = await stormyPair(seed, told);
    const pressed = [..."0123456789*#ABCD"];
    for (const digit of pressed) {
      await say(frames(3));
      for (const ticks of [160, 320, 480]) {
        alice.sayKey(digit, ticks);
        await clock.advance(20);
      }
      for (let copy = 0; copy < 3; copy += 1) alice.sayKey(digit, 640, true);
      alice.timestamp = (alice.timestamp + 640) >>> 0;
    }
    await clock.advance(3000);
    const digits = told.filter(({ event }) => event === "digit").map(({ what }) => (what as [string])[0]);
    expect(digits).toEqual(pressed);
    const events = bob.received.packets.filter((packet) => rtp.payloadType(packet) === 101);
    const ended = events.filter(telephoneEvent.isEnd).map((packet) => digitOf(telephoneEvent.event(packet)));
    expect(new Set(ended)).toEqual(new Set(pressed));
    expect(new Set(events.map(rtp.timestamp)).size).toBe(pressed.length);
  });
});

describe.each(profiles)("over such a path, encrypted with %s", (profile) => {
  test.each(seeds.slice(0, 7))(
    "what leaves is what came, each once; what comes again is a replay (seed %i)",
    async (seed) => {
      const { network, clock, relay } = memoryRelay({
        weather: { seed, loss: 0.05, duplicate: 0.05, reorder: 0.1, spreadMs: 110, towards: relayAddress },
      });
      const keys = keysFor(profile, seed);
      const session = await relay.open({});
      const [a, b] = [await session.plainLeg(), await session.plainLeg()];
      const bob = await connected(network, b, "10.1.0.2");
      const alice = await RtpPeer.bind(new SecuredNetwork(network, mirrored(keys)), "10.1.0.1");
      alice.aim(a.local);
      await a.connect(alice.remote({ srtp: keys }));
      await session.join(a.id, b.id);
      const arrivals: Arrival[] = [];
      network.observe((packet, _, to) => {
        if (to.port === a.local.rtpPort) arrivals.push({ packet, seq: rtp.seq(packet), atMs: clock.nowMs() });
      });
      const [firstSeq, said] = [alice.seq, frames(600, seed)];
      for (const frame of said) {
        alice.say(frame);
        await clock.advance(20);
      }
      await clock.advance(200);
      const { placed, fresh, late, span, whole } = judged(arrivals);
      expect(bob.heard).toEqual(whole.map(({ seq }) => said[(seq - firstSeq) & 0xffff]));
      const [ofAlice] = await session.statistics();
      const counted = { packets: fresh.length, lost: span - whole.length, late: late.length, duplicated: 0 };
      expect(ofAlice!.received).toMatchObject(counted);
      expect((await relay.counters()).refused["not-authentic"] ?? 0).toBe(placed.length - fresh.length);
    },
  );
});
