import { describe, expect, test } from "vitest";
import { decodePcmu, levelOfHz, rtp } from "../src/testing/index.ts";
import { connected, frames, listening, memoryRelay, type Told } from "./memory-relay.ts";

async function listener(told: Told = []) {
  const { clock, network, relay } = memoryRelay();
  const session = await relay.open(listening(told));
  const leg = await session.plainLeg();
  return { clock, relay, session, leg, peer: await connected(network, leg, "10.1.0.1") };
}

const samplesOf = (payloads: readonly Uint8Array[]): Int16Array =>
  decodePcmu(Uint8Array.from(payloads.flatMap((payload) => [...payload])));

describe("an echo", () => {
  test("says back the audio it hears, and no key presses", async () => {
    const { session, leg, peer } = await listener();
    await session.join(leg.id, (await session.sourceLeg({ kind: "echo" })).id);
    const said = frames(20);
    for (const frame of said.slice(0, 10)) peer.say(frame);
    peer.press("1", 100);
    for (const frame of said.slice(10)) peer.say(frame);
    expect(peer.heard).toEqual(said);
    const numbers = peer.received.packets.map(rtp.seq);
    expect(numbers.map((number) => (number - numbers[0]!) & 0xffff)).toEqual(said.map((_, index) => index));
  });
});

describe("a tone", () => {
  test("is one frame of 160 octets each 20 ms at the level and frequency that were asked for", async () => {
    const { clock, session, leg, peer } = await listener();
    await session.join(leg.id, (await session.sourceLeg({ kind: "tone", hz: [1000], levelDbm0: -13 })).id);
    await clock.advance(1990);
    expect(peer.heard).toHaveLength(100);
    expect(peer.heard.every((payload) => payload.length === 160)).toBe(true);
    const ticks = peer.received.packets.map(rtp.timestamp);
    expect(ticks.map((one) => (one - ticks[0]!) >>> 0)).toEqual(ticks.map((_, index) => index * 160));
    const samples = samplesOf(peer.heard);
    expect(levelOfHz(samples, 1000)).toBeCloseTo(-13, 0);
    expect(levelOfHz(samples, 1500)).toBeLessThan(-50);
  });

  test("of two frequencies in a rhythm is US ringback: two seconds on, four off", async () => {
    const { clock, session, leg, peer } = await listener();
    await session.join(leg.id, (await session.sourceLeg({ kind: "tone", hz: [440, 480], onMs: 2000, offMs: 4000 })).id);
    await clock.advance(7990);
    const samples = samplesOf(peer.heard);
    const second = (from: number): Int16Array => samples.subarray(from * 8000, (from + 1) * 8000);
    for (const from of [0, 1, 6, 7]) {
      expect(levelOfHz(second(from), 440)).toBeCloseTo(-20, 0);
      expect(levelOfHz(second(from), 480)).toBeCloseTo(-20, 0);
    }
    for (const from of [2, 3, 4, 5]) expect(second(from).every((sample) => sample === 0)).toBe(true);
  });

  test("has no step in its phase between frames", async () => {
    const { clock, session, leg, peer } = await listener();
    await session.join(leg.id, (await session.sourceLeg({ kind: "tone", hz: [333] })).id);
    await clock.advance(990);
    const samples = samplesOf(peer.heard);
    const steps = samples.slice(1).map((sample, index) => Math.abs(sample - samples[index]!));
    const largestOfTone = 2300 * 2 * Math.PI * (333 / 8000);
    expect(Math.max(...steps)).toBeLessThan(largestOfTone * 1.2);
  });

  test("falls silent when it is parted and leaves no timer", async () => {
    const { clock, relay, session, leg, peer } = await listener();
    const tone = await session.sourceLeg({ kind: "tone", hz: [440] });
    await session.join(leg.id, tone.id);
    await clock.advance(100);
    await session.part(leg.id);
    const heard = peer.heard.length;
    await clock.advance(1000);
    expect(peer.heard).toHaveLength(heard);
    await session.close();
    expect(await relay.counters()).toMatchObject({ timers: 0 });
  });

  test.each([{ hz: [] }, { hz: [5000] }, { hz: [440], levelDbm0: 20 }, { hz: [440], onMs: 0 }, { hz: [Number.NaN] }])(
    "that cannot be played is refused: %o",
    async (tone) => {
      const { session } = await listener();
      await expect(session.sourceLeg({ kind: "tone", ...tone })).rejects.toMatchObject({
        code: "MEDIA_SOURCE_INVALID",
      });
    },
  );
});
