import { describe, expect, test } from "vitest";
import { connected, frames, joinedPair, listening, memoryRelay, type Told } from "./memory-relay.ts";

const [frame] = frames(1) as [Uint8Array];
const limits = { beforeFirstPacketSeconds: 10, inTalkSeconds: 20, onHoldSeconds: 30 };
/** An empty receiver report. */
const report = Uint8Array.of(0x80, 201, 0, 1, 0, 0, 0, 9);

async function limited() {
  const told: Told = [];
  const pair = await joinedPair(told, { silence: limits });
  const reached = (leg: string): unknown[] =>
    told.filter((one) => one.event === "silence-limit" && one.leg === leg).map(({ what }) => what);
  return { ...pair, told, reached };
}

describe("silence", () => {
  test("has a phase of its own before the first packet, in talk and on hold", async () => {
    const told: Told = [];
    const { alice, bob, clock, a, b } = await joinedPair(told);
    const said = (): unknown[] =>
      told.filter(({ event, leg }) => event === "silence" && leg === a.id).map(({ what }) => what);
    await clock.advance(3000);
    alice.say(frame);
    bob.say(frame);
    await clock.advance(3500);
    await a.connect(alice.remote({ direction: "inactive" }));
    await clock.advance(4000);
    expect(said()).toEqual([
      { phase: "before-first-packet", seconds: 3 },
      { phase: "in-talk", seconds: 3 },
      { phase: "on-hold", seconds: 3 },
    ]);
    expect(told.filter(({ event }) => event === "connected").map(({ leg }) => leg)).toEqual([a.id, b.id]);
  });
});

describe("the end of a silence that was told", () => {
  test.each(["a packet", "a report on hold"])("is told at once, with %s", async (what) => {
    const told: Told = [];
    const { alice, bob, clock, a } = await joinedPair(told);
    const ends = (): number => told.filter(({ event, leg }) => event === "heard" && leg === a.id).length;
    alice.say(frame);
    await clock.advance(2500);
    alice.say(frame);
    expect(ends()).toBe(0);
    if (what !== "a packet") await a.connect(alice.remote({ direction: "inactive" }));
    for (let second = 0; second < 5; second += 1) {
      bob.say(frame);
      await clock.advance(1000);
    }
    if (what === "a packet") alice.say(frame);
    else alice.report(report);
    alice.say(frame);
    expect(ends()).toBe(1);
  });
});

describe("the limit of a silence", () => {
  test("is told once, of the leg whose peer is silent, in each part of a call after its own time", async () => {
    const { alice, bob, clock, a, b, reached } = await limited();
    const talk = async (seconds: number): Promise<void> => {
      for (let second = 0; second < seconds; second += 1) {
        bob.say(frame);
        await clock.advance(1000);
      }
    };
    await talk(60);
    expect(reached(a.id)).toEqual([{ phase: "before-first-packet", seconds: 10 }]);
    alice.say(frame);
    await talk(60);
    expect(reached(a.id).slice(1)).toEqual([{ phase: "in-talk", seconds: 20 }]);
    await a.connect(alice.remote({ direction: "sendonly" }));
    await talk(60);
    expect(reached(a.id).slice(2)).toEqual([{ phase: "on-hold", seconds: 30 }]);
    expect(reached(b.id)).toEqual([]);
  });

  test("is reached in talk although reports go on: the voice is gone, and a report does not end its silence", async () => {
    const { alice, clock, a, reached, told } = await limited();
    alice.say(frame);
    for (let second = 0; second < 120; second += 1) {
      if (second % 5 === 0) alice.report(report);
      await clock.advance(1000);
    }
    expect(reached(a.id)).toEqual([{ phase: "in-talk", seconds: 20 }]);
    expect(told.filter(({ event }) => event === "heard")).toEqual([]);
  });

  test("is reached before the first packet although reports come", async () => {
    const { alice, clock, a, reached } = await limited();
    for (let second = 0; second < 30; second += 1) {
      alice.report(report);
      await clock.advance(1000);
    }
    expect(reached(a.id)).toEqual([{ phase: "before-first-packet", seconds: 10 }]);
  });

  test.each(["sendonly", "recvonly", "inactive"] as const)("is that of a hold while we are %s", async (direction) => {
    const { alice, clock, a, reached } = await limited();
    alice.say(frame);
    await a.connect(alice.remote({ direction }));
    await clock.advance(25_000);
    expect(reached(a.id)).toEqual([]);
    await clock.advance(10_000);
    expect(reached(a.id)).toEqual([{ phase: "on-hold", seconds: 30 }]);
  });

  test("is told again when the silence was broken in between", async () => {
    const { alice, clock, a, reached } = await limited();
    for (let round = 0; round < 3; round += 1) {
      alice.say(frame);
      await clock.advance(30_000);
    }
    expect(reached(a.id)).toEqual(Array(3).fill({ phase: "in-talk", seconds: 20 }));
  });

  test.each([
    ["reports", "rtcp"],
    ["packets that nobody hears", "rtp"],
    ["comfort noise", "noise"],
  ])("is not reached while %s come", async (_, how) => {
    const { alice, clock, a, reached } = await limited();
    alice.say(frame);
    if (how !== "noise") await a.connect(alice.remote({ direction: "inactive" }));
    for (let second = 0; second < 120; second += 1) {
      if (how === "rtcp") alice.report(report);
      else alice.say(frame, how === "noise" ? 13 : 0);
      await clock.advance(1000);
    }
    expect(reached(a.id)).toEqual([]);
  });

  test("counts nothing before something was agreed, and nothing from before an answer", async () => {
    const told: Told = [];
    const { clock, network, relay } = memoryRelay({ silence: limits });
    const session = await relay.open(listening(told));
    const leg = await session.plainLeg();
    await clock.advance(120_000);
    const peer = await connected(network, leg, "10.1.0.1");
    await clock.advance(9000);
    await session.expectMedia();
    await clock.advance(9000);
    expect(told.filter(({ event }) => event === "silence-limit")).toEqual([]);
    peer.say(frame);
    await clock.advance(19_000);
    await session.expectMedia();
    await clock.advance(19_000);
    expect(told.filter(({ event }) => event === "silence-limit")).toEqual([]);
    await clock.advance(2000);
    expect(told.filter(({ event }) => event === "silence-limit").map(({ what }) => what)).toEqual([
      { phase: "in-talk", seconds: 20 },
    ]);
  });

  test("that was reached while it rang is told anew after the answer", async () => {
    const { clock, session, a, reached } = await limited();
    await clock.advance(60_000);
    await session.expectMedia();
    await clock.advance(60_000);
    expect(reached(a.id)).toEqual(Array(2).fill({ phase: "before-first-packet", seconds: 10 }));
  });

  test("is a minute, and an hour on hold, by default", async () => {
    const told: Told = [];
    const { alice, clock, a } = await joinedPair(told);
    const reached = (): unknown[] =>
      told.filter(({ event, leg }) => event === "silence-limit" && leg === a.id).map(({ what }) => what);
    await clock.advance(61_000);
    alice.say(frame);
    await clock.advance(61_000);
    await a.connect(alice.remote({ direction: "inactive" }));
    await clock.advance(3_601_000);
    expect(reached()).toEqual([
      { phase: "before-first-packet", seconds: 60 },
      { phase: "in-talk", seconds: 60 },
      { phase: "on-hold", seconds: 3600 },
    ]);
  });
});
