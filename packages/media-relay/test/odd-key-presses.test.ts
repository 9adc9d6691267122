import { describe, expect, test } from "vitest";
import { digitOf, makeRtp, makeTelephoneEvent, type RtpPeer, rtp, telephoneEvent } from "../src/testing/index.ts";
import { frames, joinedPair, type Told } from "./memory-relay.ts";

const [frame] = frames(1) as [Uint8Array];
/** One packet of a press: event, timestamp after the audio's, duration, whether it is the end. */
type Update = readonly [event: number, ticks: number, durationTicks: number, isEnd?: boolean | undefined];

async function talking() {
  const told: Told = [];
  const pair = await joinedPair(told);
  const { alice, clock } = pair;
  const talk = async (count: number): Promise<void> => {
    for (let at = 0; at < count; at += 1) {
      alice.say(frame);
      await clock.advance(20);
    }
  };
  const sendUpdate = ([event, ticks, durationTicks, isEnd = false]: Update): void => {
    const { seq, ssrc } = alice;
    const payload = makeTelephoneEvent(event, durationTicks, isEnd);
    alice.sendRaw(makeRtp({ payloadType: 101, seq, timestamp: ticks >>> 0, ssrc }, payload));
    alice.seq = (seq + 1) & 0xffff;
  };
  /** Sends updates at a pace, instead of audio. */
  const press = async (updates: readonly Update[], everyMs = 20): Promise<void> => {
    const begin = alice.timestamp;
    for (const [event, ticks, ...rest] of updates) {
      sendUpdate([event, begin + ticks, ...rest]);
      alice.timestamp = (alice.timestamp + everyMs * 8) >>> 0;
      await clock.advance(everyMs);
    }
  };
  const digits = (): string =>
    told
      .filter(({ event }) => event === "digit")
      .map(({ what }) => (what as [string])[0])
      .join("");
  return { ...pair, talk, press, sendUpdate, digits };
}

const eventsOf = ({ received }: RtpPeer) => received.packets.filter((packet) => rtp.payloadType(packet) === 101);
/** The keys as a listener counts them, one for each timestamp (RFC 4733 section 2.3.5). */
const keysHeard = (peer: RtpPeer): string =>
  [
    ...new Map(eventsOf(peer).map((packet) => [rtp.timestamp(packet), digitOf(telephoneEvent.event(packet))])).values(),
  ].join("");
const audioSteps = ({ received }: RtpPeer): number[] => {
  const ticks = received.packets.filter((packet) => rtp.payloadType(packet) === 0).map(rtp.timestamp);
  return ticks.slice(1).map((one, at) => (one - ticks[at]!) | 0);
};
const places = ({ heardSeqs }: RtpPeer): number[] => heardSeqs.map((seq) => (seq - heardSeqs[0]!) & 0xffff);

const times = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));
/** Five updates and three ends. @param moving how far the timestamp moves with each update */
const pressOf = (event: number, ticks = 0, moving = 0): Update[] => [
  ...times(5, (at): Update => [event, ticks + moving * at, 160 * (at + 1)]),
  ...times(3, (): Update => [event, ticks + moving * 5, 960, true]),
];

describe("one press is one press on the other side, and is reported once", () => {
  test.each<[string, readonly Update[], string]>([
    ["as RFC 4733 has it", pressOf(5), "5"],
    ["when the timestamp moves with each packet", pressOf(5, 0, 160), "5"],
    ["when the timestamp moves and every packet lasts 160 ticks", times(8, (at) => [5, 160 * at, 160, at >= 5]), "5"],
    ["when the timestamp moves and a packet is lost", pressOf(5, 0, 160).filter((_, at) => at !== 2), "5"],
    [
      "when the ends have timestamps of their own",
      [...pressOf(5).slice(0, 5), ...times(3, (at): Update => [5, 800 + 160 * at, 960, true])],
      "5",
    ],
    ["when there are only ends", pressOf(5).slice(5), "5"],
    ["when there is no end", pressOf(5).slice(0, 5), "5"],
    ["when every packet states the same duration", times(8, (at) => [5, 0, 160, at >= 5]), "5"],
    ["when its duration stays zero up to the end", times(8, (at) => [5, 0, at >= 5 ? 960 : 0, at >= 5]), "5"],
    ["three keys that share a timestamp", [...pressOf(1), ...pressOf(2), ...pressOf(3)], "123"],
    ["one key twice with one timestamp", [...pressOf(7), ...pressOf(7)], "77"],
    ["the next one when its timestamp is lower", [...pressOf(1, 90_000), ...pressOf(2, 1000)], "12"],
    ["the same key again when its timestamp is lower", [...pressOf(1, 90_000), ...pressOf(1, 1000)], "11"],
    ["one timeline that is minutes ahead", [...pressOf(1, 3_000_000), ...pressOf(1, 3_002_000)], "11"],
    ["one timeline that is minutes behind", [...pressOf(1, -3_000_000), ...pressOf(1, -2_998_000)], "11"],
  ])("%s", async (_, updates, keys) => {
    const { talk, press, digits, bob, clock } = await talking();
    await talk(20);
    await press(updates);
    await talk(20);
    await clock.advance(4000);
    expect(digits()).toBe(keys);
    expect(keysHeard(bob)).toBe(keys);
    expect(places(bob)).toEqual(bob.heardSeqs.map((_, at) => at));
    expect(Math.min(...audioSteps(bob))).toBe(160);
    expect(Math.max(...audioSteps(bob))).toBeLessThanOrEqual(160 * (updates.length + 2));
  });

  test.each([1, 9, 20])("for %i s, in segments of 65535 ticks", async (seconds) => {
    const { talk, press, digits, bob } = await talking();
    await talk(5);
    const updates = times(seconds * 50, (at): Update => {
      const ticks = 160 * (at + 1);
      const whole = Math.floor((ticks - 1) / 65_535) * 65_535;
      return [5, whole, ticks - whole, at === seconds * 50 - 1];
    });
    await press(updates);
    await talk(5);
    expect(digits()).toBe("5");
    const begin = rtp.timestamp(eventsOf(bob)[0]!);
    const reached = eventsOf(bob).map(
      (one) => ((rtp.timestamp(one) - begin) >>> 0) + telephoneEvent.durationTicks(one),
    );
    expect(reached).toEqual(updates.map((_, at) => 160 * (at + 1)));
  });

  test("when its duration wraps under one timestamp", async () => {
    const { talk, press, digits, bob } = await talking();
    await talk(5);
    await press(times(500, (at) => [5, 0, (160 * (at + 1)) & 0xffff, at === 499]));
    expect(digits()).toBe("5");
    const begin = rtp.timestamp(eventsOf(bob)[0]!);
    const last = eventsOf(bob).at(-1)!;
    expect(((rtp.timestamp(last) - begin) >>> 0) + telephoneEvent.durationTicks(last)).toBe(80_000);
  });

  test.each([600, 900, 1900])("when an update comes only every %i ms", async (everyMs) => {
    const { talk, press, digits, bob, clock } = await talking();
    await talk(5);
    await press(
      times(6, (at) => [5, 0, everyMs * 8 * (at + 1), at === 5]),
      everyMs,
    );
    await clock.advance(4000);
    expect(digits()).toBe("5");
    expect(keysHeard(bob)).toBe("5");
    if (everyMs < 1000)
      expect(eventsOf(bob).map(telephoneEvent.isEnd)).toEqual([false, false, false, false, false, true]);
  });

  test.each([3_000_000, -3_000_000, 8000, -8000])(
    "when it is mixed with audio, its timestamps %i ticks off",
    async (off) => {
      const { talk, sendUpdate, digits, bob, alice, clock } = await talking();
      await talk(50);
      const base = alice.timestamp + off;
      for (const [event, , durationTicks, isEnd] of pressOf(5)) {
        sendUpdate([event, base, durationTicks, isEnd]);
        await talk(1);
      }
      await talk(50);
      await clock.advance(4000);
      expect(digits()).toBe("5");
      expect(keysHeard(bob)).toBe("5");
      expect(new Set(audioSteps(bob))).toEqual(new Set([160]));
      expect(eventsOf(bob).map(telephoneEvent.durationTicks)).toEqual([160, 320, 480, 640, 800, 960, 960, 960]);
    },
  );

  test("when the source's timestamps begin anew, lower, between two presses", async () => {
    const { talk, press, digits, bob, alice, clock } = await talking();
    alice.timestamp = 900_000;
    await talk(20);
    await press(pressOf(5));
    alice.timestamp = 1000;
    await talk(20);
    await press(pressOf(6));
    await clock.advance(4000);
    expect(digits()).toBe("56");
    expect(keysHeard(bob)).toBe("56");
    expect(Math.min(...audioSteps(bob))).toBe(160);
  });

  test.each([
    ["while the audio goes on", true, 8],
    ["while the audio pauses", false, 8],
    ["while the audio pauses for less than a source must be silent", false, 3],
  ])("under an SSRC of its own, %s", async (_, isTalking, count) => {
    const { alice, bob, clock, talk, digits } = await talking();
    await talk(20);
    let seq = 60_000;
    for (const digit of [5, 5, 7]) {
      const timestamp = (seq * 977) >>> 0;
      for (let at = 1; at <= count; at += 1) {
        const payload = makeTelephoneEvent(digit, 160 * at, at === count);
        alice.sendRaw(makeRtp({ payloadType: 101, seq, timestamp, ssrc: 0x99 }, payload));
        seq += 1;
        if (isTalking) alice.say(frame);
        else alice.timestamp += 160;
        await clock.advance(20);
      }
      await talk(20);
    }
    expect(digits()).toBe("557");
    expect(keysHeard(bob)).toBe("557");
    expect(places(bob)).toEqual(bob.heardSeqs.map((_, at) => at));
    expect(audioSteps(bob).every((step) => step > 0)).toBe(true);
    expect(bob.heard.filter((one) => one.length === 160)).toHaveLength(80 + (isTalking ? 3 * count : 0));
  });

  test("before any audio, its timestamps of another timeline than the audio that follows", async () => {
    const { talk, press, digits, bob } = await talking();
    await press(pressOf(5, 3_000_000));
    await talk(20);
    await press(pressOf(6));
    expect(digits()).toBe("56");
    expect(keysHeard(bob)).toBe("56");
    const ticks = bob.received.packets.map(rtp.timestamp);
    expect((ticks.at(-1)! - ticks[0]!) >>> 0).toBeLessThan(8000);
  });
});
