import { describe, expect, test } from "vitest";
import { pcmuAnnouncement, type ToneName, tones, wavAnnouncement } from "../src/index.ts";
import { decodePcmu, levelOfHz, type RtpPeer, rtp } from "../src/testing/index.ts";
import { connected, frames, listening, memoryRelay, type Told } from "./memory-relay.ts";

async function listener(told: Told = []) {
  const { clock, network, relay } = memoryRelay();
  const session = await relay.open(listening(told));
  const leg = await session.plainLeg();
  return { clock, network, relay, session, leg, peer: await connected(network, leg, "10.1.0.1") };
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

  test("by name, with two frequencies and a cadence: US ringback is two seconds on, four off", async () => {
    const { clock, session, leg, peer } = await listener();
    await session.join(leg.id, (await session.sourceLeg({ kind: "tone", ...tones["ringback-us"] })).id);
    await clock.advance(7990);
    const samples = samplesOf(peer.heard);
    const second = (from: number): Int16Array => samples.subarray(from * 8000, (from + 1) * 8000);
    for (const from of [0, 1, 6, 7]) {
      expect(levelOfHz(second(from), 440)).toBeCloseTo(-19, 0);
      expect(levelOfHz(second(from), 480)).toBeCloseTo(-19, 0);
    }
    for (const from of [2, 3, 4, 5]) expect(second(from).every((sample) => sample === 0)).toBe(true);
  });

  test("may ring twice and then pause, over and over", async () => {
    const { clock, session, leg, peer } = await listener();
    await session.join(leg.id, (await session.sourceLeg({ kind: "tone", ...tones["ringback-uk"] })).id);
    await clock.advance(5990);
    const samples = samplesOf(peer.heard);
    const isOn = (tenth: number): boolean => levelOfHz(samples.subarray(tenth * 800, (tenth + 1) * 800), 400) > -25;
    const rings = [0, 1, 2, 3, 6, 7, 8, 9];
    const expected = Array.from({ length: 60 }, (_, tenth) => rings.includes(tenth % 30));
    expect(expected.map((_, tenth) => isOn(tenth))).toEqual(expected);
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

  test("is the same for each leg that plays it, whenever it begins, and goes on over the end of its round", async () => {
    const { clock, network, session, leg, peer } = await listener();
    const tone = { kind: "tone", hz: [1336.5], cadenceMs: [111, 22] } as const;
    await session.join(leg.id, (await session.sourceLeg(tone)).id);
    await clock.advance(90);
    const other = await session.plainLeg();
    const late = await connected(network, other, "10.1.0.2");
    await session.join(other.id, (await session.sourceLeg(tone)).id);
    await clock.advance(1000);
    expect(late.heard).toEqual(peer.heard.slice(0, late.heard.length));
    const samples = samplesOf(peer.heard);
    expect(samples.slice(133 * 8, 2 * 133 * 8)).toEqual(samples.slice(0, 133 * 8));
    expect(samples.slice(111 * 8, 133 * 8).every((sample) => sample === 0)).toBe(true);
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

  test.each(Object.keys(tones) as ToneName[])(
    "called %s can be played and ends in silence where it pauses",
    async (name) => {
      const { clock, session, leg, peer } = await listener();
      await session.join(leg.id, (await session.sourceLeg({ kind: "tone", ...tones[name] })).id);
      const { hz, cadenceMs, levelDbm0 } = tones[name];
      const periodMs = cadenceMs.reduce((sum, ms) => sum + ms, 0);
      await clock.advance(periodMs - 10);
      const samples = samplesOf(peer.heard);
      expect(levelOfHz(samples.subarray(0, cadenceMs[0] * 8), hz[0])).toBeCloseTo(levelDbm0, 0);
      expect(samples.slice(-800).every((sample) => sample === 0)).toBe(true);
    },
  );

  test.each([
    { hz: [] },
    { hz: [5000] },
    { hz: [440.05] },
    { hz: [440], levelDbm0: 20 },
    { hz: [440], cadenceMs: [] },
    { hz: [440], cadenceMs: [100] },
    { hz: [440], cadenceMs: [0, 100] },
    { hz: [440], cadenceMs: [100, 10_001] },
    { hz: [440], cadenceMs: [100, Number.NaN] },
    { hz: [Number.NaN] },
  ])("that cannot be played is refused: %o", async (tone) => {
    const { session } = await listener();
    await expect(session.sourceLeg({ kind: "tone", ...tone })).rejects.toMatchObject({ code: "MEDIA_SOURCE_INVALID" });
  });
});

describe("an announcement", () => {
  const [one, two] = frames(2) as [Uint8Array, Uint8Array];
  const octets = Uint8Array.from([...one, ...two, 1, 2, 3]);
  const announcement = pcmuAnnouncement(octets);
  const end = Uint8Array.of(1, 2, 3, ...new Uint8Array(157).fill(0xff));

  test("is heard once, octet for octet, in frames of 20 ms; its end is reported when the last has been heard", async () => {
    const told: Told = [];
    const { clock, relay, session, leg, peer } = await listener(told);
    const player = await session.sourceLeg({ kind: "player", announcement });
    await session.join(leg.id, player.id);
    await clock.advance(59);
    expect(peer.heard).toEqual([one, two, end]);
    expect(told.filter(({ event }) => event === "played")).toEqual([]);
    await clock.advance(5000);
    expect(told.filter(({ event }) => event === "played")).toEqual([{ event: "played", leg: player.id }]);
    expect(peer.heard).toHaveLength(3);
    await session.close();
    expect(await relay.counters()).toMatchObject({ timers: 0 });
  });

  test("that is looped goes on with its beginning, without a gap, and never ends", async () => {
    const told: Told = [];
    const { clock, session, leg, peer } = await listener(told);
    await session.join(leg.id, (await session.sourceLeg({ kind: "player", announcement, loop: true })).id);
    await clock.advance(9990);
    const heard = Uint8Array.from(peer.heard.flatMap((payload) => [...payload]));
    expect(heard).toEqual(Uint8Array.from({ length: 500 * 160 }, (_, at) => octets[at % octets.length]!));
    expect(told.filter(({ event }) => event === "played")).toEqual([]);
  });

  test("begins anew with each join, and is not reported when it is cut short", async () => {
    const told: Told = [];
    const { clock, session, leg, peer } = await listener(told);
    const player = await session.sourceLeg({ kind: "player", announcement });
    await session.join(leg.id, player.id);
    await clock.advance(25);
    await session.part(leg.id);
    await clock.advance(1000);
    expect(told.filter(({ event }) => event === "played")).toEqual([]);
    await session.join(leg.id, player.id);
    await clock.advance(1000);
    expect(peer.heard).toEqual([one, two, one, two, end]);
    expect(told.filter(({ event }) => event === "played")).toHaveLength(1);
  });

  test("is one piece of memory for all who play it", () => {
    expect(structuredClone(announcement).pcmu.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(announcement.pcmu).toEqual(octets);
  });

  test("of nothing or of more than ten minutes is refused", () => {
    for (const length of [0, 8000 * 600 + 1]) {
      expect(() => pcmuAnnouncement(new Uint8Array(length))).toThrow(
        expect.objectContaining({ code: "MEDIA_SOURCE_INVALID" }),
      );
    }
    expect(pcmuAnnouncement(new Uint8Array(8000 * 600)).pcmu).toHaveLength(4_800_000);
  });

  test("in a file that cannot be read is refused with the reason", () => {
    expect(() => wavAnnouncement(Uint8Array.of(1, 2, 3))).toThrow("octet 0: this is no WAV file");
  });
});

describe("a source in place of a leg that has fallen silent", () => {
  test("goes on with the other side's stream, and so does the leg when it is back: one SSRC, no gap in sequence, no step back", async () => {
    const { clock, network, session, leg: trunk, peer } = await listener();
    const [leg, other] = [await session.plainLeg(), await session.plainLeg()];
    const [alice, carol] = [await connected(network, leg, "10.1.0.2"), await connected(network, other, "10.1.0.3")];
    const announcement = pcmuAnnouncement(frames(1)[0]!);
    const talk = async (who: RtpPeer): Promise<void> => {
      for (const frame of frames(10)) {
        who.say(frame);
        await clock.advance(20);
      }
    };
    await session.join(trunk.id, leg.id);
    await talk(alice);
    await session.join(trunk.id, (await session.sourceLeg({ kind: "tone", ...tones.comfort })).id);
    await clock.advance(195);
    await session.join(trunk.id, leg.id);
    await talk(alice);
    await session.join(trunk.id, (await session.sourceLeg({ kind: "player", announcement, loop: true })).id);
    await clock.advance(195);
    await session.join(trunk.id, other.id);
    await talk(carol);
    const packets = peer.received.packets;
    expect(packets).toHaveLength(50);
    expect(new Set(packets.map(rtp.ssrc)).size).toBe(1);
    const first = peer.heardSeqs[0]!;
    expect(peer.heardSeqs.map((seq) => (seq - first) & 0xffff)).toEqual(packets.map((_, index) => index));
    const steps = packets.slice(1).map((packet, index) => (rtp.timestamp(packet) - rtp.timestamp(packets[index]!)) | 0);
    expect(steps.every((step) => step >= 160 && step <= 320)).toBe(true);
    expect(packets.flatMap((packet, index) => (rtp.marker(packet) ? [index] : []))).toEqual([0, 10, 20, 30, 40]);
  });
});
