import { describe, expect, test } from "vitest";
import type { LegStatistics } from "../src/index.ts";
import { frames, joinedPair, memoryRelay } from "./memory-relay.ts";

const said = frames(200);

async function measured() {
  const seconds: (readonly LegStatistics[])[] = [];
  const closed: LegStatistics[] = [];
  const user = {
    onStatistics: (legs: readonly LegStatistics[]) => seconds.push(legs),
    onClosed: (last: LegStatistics) => closed.push(last),
  };
  const pair = await joinedPair([], { user });
  const say = async (count: number): Promise<void> => {
    for (const frame of said.slice(0, count)) {
      pair.alice.say(frame);
      await pair.clock.advance(20);
    }
  };
  return { ...pair, seconds, closed, say };
}

describe("statistics", () => {
  test("of every leg come once a second, and once more when a leg is closed", async () => {
    const { alice, session, a, b, clock, seconds, closed, say } = await measured();
    await say(100);
    expect(seconds.map((legs) => legs.map(({ leg, received, sent }) => [leg, received.packets, sent.packets]))).toEqual(
      [
        [
          [a.id, 50, 0],
          [b.id, 0, 50],
        ],
        [
          [a.id, 100, 0],
          [b.id, 0, 100],
        ],
      ],
    );
    alice.say(said[0]!);
    await a.close();
    await a.close();
    expect(closed).toMatchObject([{ leg: a.id, kind: "plain", received: { packets: 101, bytes: 101 * 172, lost: 0 } }]);
    await clock.advance(1000);
    expect(seconds.at(-1)!.map(({ leg }) => leg)).toEqual([b.id]);
    await session.close();
    expect(closed.slice(1)).toMatchObject([{ leg: b.id, sent: { packets: 101 } }]);
    const told = seconds.length;
    await clock.advance(5000);
    expect(seconds).toHaveLength(told);
  });

  test("of a leg that heard nothing rate nothing; a tone and an echo lose nothing", async () => {
    const { clock, relay } = memoryRelay();
    const session = await relay.open({});
    const [tone, echo] = [
      await session.sourceLeg({ kind: "tone", hz: [440] }),
      await session.sourceLeg({ kind: "echo" }),
    ];
    await session.plainLeg();
    await session.join(tone.id, echo.id);
    await clock.advance(990);
    const [ofTone, ofEcho, ofPlain] = await session.statistics();
    const none = { lost: 0, late: 0, duplicated: 0, jitterMs: 0, longestGapMs: 0 };
    expect(ofTone).toEqual({
      leg: tone.id,
      kind: "source",
      received: { packets: 50, bytes: 8600, ...none },
      sent: { packets: 50, bytes: 8600 },
    });
    expect(ofEcho).toMatchObject({ leg: echo.id, received: { packets: 50 }, sent: { packets: 50 } });
    expect(ofPlain).toMatchObject({ received: { packets: 0, ...none }, sent: { packets: 0 } });
    expect(ofPlain!.received).not.toHaveProperty("quality");
  });

  test("what comes while the peer is on hold is neither heard nor lost, and no gap", async () => {
    const { alice, bob, a, clock, session, say } = await measured();
    const gap = async (): Promise<number> => (await session.statistics())[0]!.received.longestGapMs;
    await say(10);
    await clock.advance(180);
    await say(10);
    expect(await gap()).toBe(200);
    await a.connect(alice.remote({ direction: "inactive" }));
    await say(50);
    await clock.advance(60_000);
    await say(50);
    await a.connect(alice.remote());
    await clock.advance(60_000);
    await say(10);
    expect(bob.heard).toHaveLength(30);
    expect((await session.statistics())[0]!.received).toMatchObject({ packets: 130, lost: 0, longestGapMs: 200 });
  });

  test("a gap that is going on counts, and a re-INVITE that changes nothing does not hide it", async () => {
    const { alice, a, clock, session, say } = await measured();
    await say(10);
    await clock.advance(480);
    await a.connect(alice.remote());
    await clock.advance(500);
    expect((await session.statistics())[0]!.received.longestGapMs).toBe(1000);
    await clock.advance(500);
    await say(1);
    expect((await session.statistics())[0]!.received.longestGapMs).toBe(1500);
  });

  test("losses cost quality, more where nobody conceals them", async () => {
    const rated = async (concealment: "none" | "g711AppendixI") => {
      const { alice, session } = await joinedPair([], { concealment });
      for (const [index, frame] of said.entries()) {
        if (index % 20 === 10) alice.seq += 1;
        alice.say(frame);
      }
      return (await session.statistics())[0]!.received;
    };
    const [concealed, bare] = [await rated("g711AppendixI"), await rated("none")];
    const percent = (100 * 10) / 210;
    expect([concealed.lost, bare.lost]).toEqual([10, 10]);
    expect(concealed.quality!.r).toBeCloseTo(93.2 - (95 * percent) / (percent + 25.1), 6);
    expect(bare.quality!.r).toBeCloseTo(93.2 - (95 * percent) / (percent + 4.3), 6);
    expect(bare.quality!.mos).toBeLessThan(concealed.quality!.mos);
  });
});
