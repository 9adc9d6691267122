import { describe, expect, test } from "vitest";
import { digitOf, type RtpPeer, rtp, telephoneEvent } from "../src/testing/index.ts";
import { frames, joinedPair, type Told } from "./memory-relay.ts";

const [frame] = frames(1) as [Uint8Array];

/** A packet of a press as the listener got it. */
const seen = (packet: Uint8Array) => ({
  key: digitOf(telephoneEvent.event(packet)),
  ticks: telephoneEvent.durationTicks(packet),
  isEnd: telephoneEvent.isEnd(packet),
});

const isKey = (packet: Uint8Array): boolean => rtp.payloadType(packet) !== 0;
const keysOf = ({ received }: RtpPeer) => received.packets.filter(isKey);

/** How far each packet is from the first, in numbers. */
const placesOf = ({ heardSeqs }: RtpPeer): number[] => heardSeqs.map((seq) => (seq - heardSeqs[0]!) & 0xffff);
const inRow = ({ heardSeqs }: RtpPeer): number[] => heardSeqs.map((_, index) => index);

async function talking() {
  const told: Told = [];
  const pair = await joinedPair(told);
  const digits = (): unknown[] => told.filter(({ event }) => event === "digit").map(({ what }) => what);
  return { ...pair, told, digits };
}

describe("a press longer than 65535 ticks", () => {
  test.each(["marks the end of the last segment", "marks the end of every segment"])(
    "is one press, passed on as it came, when its sender %s",
    async (how) => {
      const { alice, bob, digits } = await talking();
      const begun = alice.timestamp;
      for (const isLast of [false, true]) {
        for (const ticks of [160, 30_000, 65_535]) alice.sayKey("9", ticks, false);
        alice.sayKey("9", 65_535, isLast || how.endsWith("every segment"));
        alice.timestamp = (alice.timestamp + 65_535) >>> 0;
      }
      expect(digits()).toHaveLength(1);
      if (how.endsWith("last segment")) expect(digits()).toEqual([["9", Math.round((2 * 65_535) / 8)]]);
      const steps = keysOf(bob).map(
        (packet) => (rtp.timestamp(packet) - rtp.timestamp(bob.received.packets[0]!)) >>> 0,
      );
      expect(new Set(steps)).toEqual(new Set([0, 65_535]));
      expect((alice.timestamp - begun) >>> 0).toBe(2 * 65_535);
    },
  );

  test("is one press when its sender ends a segment with its last frame, or that frame is lost", async () => {
    const { alice, digits } = await talking();
    for (const [lastSeen, length] of [
      [65_440, 65_440],
      [65_280, 65_535],
    ] as const) {
      alice.sayKey("5", lastSeen);
      alice.timestamp = (alice.timestamp + length) >>> 0;
    }
    alice.sayKey("5", 800, true);
    expect(digits()).toEqual([["5", Math.round((65_440 + 65_535 + 800) / 8)]]);
  });
});

test("two presses of one key, the ends of the first still coming when the second begins, are two, with their own lengths", async () => {
  const { alice, bob, digits } = await talking();
  alice.sayKey("1", 160);
  alice.sayKey("1", 640, true);
  const first = alice.timestamp;
  const second = (first + 1000) >>> 0;
  for (const [timestamp, ticks, isEnd] of [
    [second, 160, false],
    [first, 640, true],
    [second, 320, false],
    [first, 640, true],
    [second, 480, true],
    [second, 480, true],
  ] as const) {
    alice.timestamp = timestamp;
    alice.sayKey("1", ticks, isEnd);
  }
  expect(digits()).toEqual([
    ["1", 80],
    ["1", 60],
  ]);
  expect(keysOf(bob)).toHaveLength(8);
});

test("a payload type that changes in the middle of a press is followed on both sides, and the press is one", async () => {
  const { alice, bob, a, b, digits } = await talking();
  alice.sayKey("7", 160);
  alice.payloadTypes = { pcmu: 0, telephoneEvent: 96 };
  await a.connect(alice.remote());
  alice.sayKey("7", 320);
  bob.payloadTypes = { pcmu: 0, telephoneEvent: 110 };
  await b.connect(bob.remote());
  for (const isEnd of [false, true]) alice.sayKey("7", 480, isEnd);
  bob.press("3", 40);
  expect(digits()).toEqual([
    ["7", 60],
    ["3", 40],
  ]);
  expect(bob.received.packets.map(rtp.payloadType)).toEqual([101, 101, 110, 110]);
  expect(alice.received.packets.map(rtp.payloadType)).toEqual([96, 96, 96, 96]);
  expect(new Set(bob.received.packets.map(rtp.timestamp)).size).toBe(1);
});

describe("no tone is left hanging", () => {
  const ends = (ticks: number) => Array(3).fill({ key: "2", ticks, isEnd: true });

  test("when another source begins in the middle of a press: first the press is ended, then the source is heard", async () => {
    const { alice, bob, clock, digits } = await talking();
    alice.say(frame);
    for (const ticks of [160, 320]) alice.sayKey("2", ticks);
    alice.ssrc = 0x4444_4444;
    alice.seq = 5;
    await clock.advance(80);
    for (let count = 0; count < 2; count += 1) alice.say(frame);
    expect(keysOf(bob).map(seen).slice(2)).toEqual(ends(320));
    expect(new Set(keysOf(bob).map(rtp.timestamp)).size).toBe(1);
    expect(placesOf(bob)).toEqual(inRow(bob));
    expect(bob.received.packets.slice(-2).map(isKey)).toEqual([false, false]);
    await clock.advance(2000);
    expect(digits()).toEqual([["2", 40]]);
    expect(keysOf(bob)).toHaveLength(5);
  });

  test.each([
    ["the legs are parted", ({ session, a }: Awaited<ReturnType<typeof talking>>) => session.part(a.id)],
    ["the speaker's leg is closed", ({ a }: Awaited<ReturnType<typeof talking>>) => a.close()],
    [
      "the listener is put on hold",
      ({ b, bob }: Awaited<ReturnType<typeof talking>>) => b.connect(bob.remote({ direction: "inactive" })),
    ],
    [
      "the listener is joined to another",
      async ({ session, b }: Awaited<ReturnType<typeof talking>>) =>
        session.join(b.id, (await session.sourceLeg({ kind: "tone", hz: [440] })).id),
    ],
  ])("when %s", async (_, change) => {
    const all = await talking();
    all.alice.sayKey("2", 480);
    await change(all);
    expect(keysOf(all.bob).map(seen).slice(1)).toEqual(ends(480));
    expect(placesOf(all.bob)).toEqual(inRow(all.bob));
  });

  test("when the ends of a press are lost; should they come after all, the press is still one, and nothing is missing", async () => {
    const { alice, bob, clock, digits } = await talking();
    alice.sayKey("2", 160);
    await clock.advance(2000);
    expect(keysOf(bob).map(seen).slice(1)).toEqual(ends(160));
    for (let copy = 0; copy < 3; copy += 1) alice.sayKey("2", 400, true);
    alice.timestamp += 400;
    alice.say(frame);
    expect(digits()).toEqual([["2", 20]]);
    expect(new Set(keysOf(bob).map(rtp.timestamp)).size).toBe(1);
    expect(placesOf(bob)).toEqual(inRow(bob));
    await clock.advance(2000);
    expect(keysOf(bob)).toHaveLength(7);
  });

  test("nor is one ended that has ended", async () => {
    const { alice, bob, clock, session, a } = await talking();
    alice.press("2", 100);
    await clock.advance(2000);
    await session.part(a.id);
    expect(keysOf(bob)).toHaveLength(7);
  });
});

test("a listener that has not agreed on key presses gets none, and no gap where they were", async () => {
  const { alice, bob, b, digits, relay } = await talking();
  await b.connect(bob.remote({ send: { pcmu: 0 } }));
  alice.say(frame);
  alice.press("8", 200);
  alice.say(frame);
  expect(keysOf(bob)).toEqual([]);
  expect(placesOf(bob)).toEqual([0, 1]);
  expect(digits()).toEqual([["8", 200]]);
  expect((await relay.counters()).refused).toEqual({ "telephone-event-not-agreed": 12 });
});

test("after days on hold, and more than half the circle of timestamps, a press is heard", async () => {
  const { alice, clock, digits } = await talking();
  alice.press("4", 100);
  await clock.advance(6000);
  alice.timestamp = (alice.timestamp + 2 ** 31 + 8000) >>> 0;
  alice.press("6", 100);
  expect(digits()).toEqual([
    ["4", 100],
    ["6", 100],
  ]);
});
