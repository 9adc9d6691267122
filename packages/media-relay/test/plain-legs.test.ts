import { describe, expect, test } from "vitest";
import { makeRtp, rtp, telephoneEvent } from "../src/testing/index.ts";
import { connected, frames, joinedPair, listening, memoryRelay, type Told } from "./memory-relay.ts";

describe("two plain legs joined", () => {
  test("what one peer says the other hears, byte for byte, both ways at once", async () => {
    const { alice, bob, relay } = await joinedPair();
    const [fromAlice, fromBob] = [frames(50, 3), frames(50, 4)];
    for (const [index, frame] of fromAlice.entries()) {
      alice.say(frame);
      bob.say(fromBob[index]!);
    }
    expect(bob.heard).toEqual(fromAlice);
    expect(alice.heard).toEqual(fromBob);
    expect((await relay.counters()).packets).toBe(100);
    expect((await relay.counters()).refused).toEqual({});
  });

  test("each leg speaks the payload types that its own SDP agreed", async () => {
    const { alice, bob, b } = await joinedPair();
    const types = { pcmu: 0, telephoneEvent: 96 };
    await b.connect(bob.remote({ send: types }));
    alice.say(frames(1)[0]!);
    alice.press("5", 100);
    expect(bob.received.packets.map(rtp.payloadType)).toEqual([0, 96, 96, 96, 96, 96, 96, 96]);
  });

  test.each([
    ["by the numbers of our offer", 0, 101],
    ["by numbers of its own answer", 96, 97],
  ])(
    "a peer whose answer has payload types of its own is heard, keys too, when it sends %s",
    async (_, pcmu, events) => {
      const told: Told = [];
      const { alice, bob, a } = await joinedPair(told);
      await a.connect(alice.remote({ send: { pcmu: 96, telephoneEvent: 97 } }));
      const [frame] = frames(1) as [Uint8Array];
      alice.sendRaw(makeRtp({ payloadType: pcmu, seq: 1, timestamp: 0, ssrc: 9 }, frame));
      for (const [seq, isEnd] of [
        [2, 0],
        [3, 0x80],
      ] as const)
        alice.sendRaw(makeRtp({ payloadType: events, seq, timestamp: 160, ssrc: 9 }, Uint8Array.of(5, isEnd, 1, 64)));
      expect(bob.received.packets.map(rtp.payloadType)).toEqual([0, 101, 101]);
      expect(told.filter(({ event }) => event === "digit")).toHaveLength(1);
    },
  );

  test("a number that is ours for one thing and the peer's for another means what we offered", async () => {
    const { alice, bob, a } = await joinedPair();
    await a.connect(alice.remote({ send: { pcmu: 101, telephoneEvent: 0 } }));
    alice.say(frames(1)[0]!);
    expect(bob.heard).toEqual(frames(1));
  });

  test("the stream that leaves stays one stream when the source changes, restarts and is joined anew", async () => {
    const { alice, bob, clock, session, a, b } = await joinedPair();
    const say = async (count: number): Promise<void> => {
      for (const frame of frames(count)) {
        alice.say(frame);
        await clock.advance(20);
      }
    };
    await say(10);
    alice.ssrc = 0x3333_3333;
    alice.seq = 7;
    alice.timestamp = 123;
    await say(10);
    await session.part(a.id);
    await say(10);
    await session.join(a.id, b.id);
    await say(10);
    const heard = bob.received.packets;
    expect(new Set(heard.map(rtp.ssrc)).size).toBe(1);
    const first = rtp.seq(heard[0]!);
    expect(bob.heardSeqs).toEqual(heard.map((_, index) => (first + index) & 0xffff));
    const ticks = (index: number): number => (rtp.timestamp(heard[index]!) - rtp.timestamp(heard[0]!)) >>> 0;
    expect(ticks(9)).toBe(9 * 160);
    expect(ticks(10)).toBe(10 * 160);
    expect(ticks(20)).toBe(30 * 160);
    expect(ticks(29)).toBe(39 * 160);
  });

  test("loss and reordering of a source are passed on as they are", async () => {
    const { alice, bob } = await joinedPair();
    const order = [0, 1, 3, 2, 6, 5];
    for (const seq of order)
      alice.sendRaw(makeRtp({ payloadType: 0, seq, timestamp: seq * 160, ssrc: 9 }, frames(1)[0]!));
    const first = bob.heardSeqs[0]!;
    expect(bob.heardSeqs.map((seq) => (seq - first) & 0xffff)).toEqual(order);
  });

  test("a leg on hold hears nothing and its stream goes on without a gap when hold ends", async () => {
    const { alice, bob, b } = await joinedPair();
    alice.say(frames(1)[0]!);
    await b.connect(bob.remote({ direction: "inactive" }));
    alice.say(frames(1)[0]!);
    bob.say(frames(1)[0]!);
    await b.connect(bob.remote({ direction: "sendrecv" }));
    alice.say(frames(1)[0]!);
    const [before, after] = bob.heardSeqs;
    expect(bob.heard).toHaveLength(2);
    expect(after).toBe((before! + 1) & 0xffff);
    expect(alice.heard).toHaveLength(0);
  });
});

describe("key presses", () => {
  test("each is reported once with its duration, both ways, and its packets are passed on whole", async () => {
    const told: Told = [];
    const { alice, bob, a, b } = await joinedPair(told);
    for (const digit of "0123456789*#") alice.press(digit, 100);
    bob.press("7", 240);
    const digits = told.filter(({ event }) => event === "digit");
    expect(digits.map(({ what }) => what)).toEqual(
      [..."0123456789*#"].map((digit) => [digit, 100]).concat([["7", 240]]),
    );
    expect(digits.map(({ leg }) => leg)).toEqual([...Array(12).fill(a.id), b.id]);
    const ends = bob.received.packets.filter(telephoneEvent.isEnd).slice(0, 3);
    expect(ends.map(telephoneEvent.durationTicks)).toEqual([800, 800, 800]);
    expect(bob.received.packets.length).toBe(12 * 7);
  });

  test("a press whose end packets are lost is reported once, when nothing of it comes any more", async () => {
    const told: Told = [];
    const { alice, clock } = await joinedPair(told);
    const event = Uint8Array.of(3, 10, 0x03, 0x20);
    alice.sendRaw(makeRtp({ payloadType: 101, seq: 1, timestamp: 0, ssrc: 5, marker: true }, event));
    await clock.advance(2000);
    expect(told.filter(({ event: kind }) => kind === "digit").map(({ what }) => what)).toEqual([["3", 100]]);
  });

  test("a press of more than eight seconds is one press", async () => {
    const told: Told = [];
    const { alice } = await joinedPair(told);
    const say = (seq: number, timestamp: number, ticks: number, end: boolean): void => {
      const event = Uint8Array.of(9, end ? 0x8a : 0x0a, ticks >>> 8, ticks & 0xff);
      alice.sendRaw(makeRtp({ payloadType: 101, seq, timestamp, ssrc: 5 }, event));
    };
    say(1, 1000, 160, false);
    say(2, 1000, 0xffff, false);
    say(3, 1000 + 0xffff, 801, true);
    say(4, 1000 + 0xffff, 801, true);
    expect(told.filter(({ event }) => event === "digit").map(({ what }) => what)).toEqual([["9", (0xffff + 801) / 8]]);
  });
});

describe("what is refused", () => {
  test("packets from anywhere but the SDP's address and port are counted and heard by nobody", async () => {
    const { alice, bob, network, a, relay } = await joinedPair();
    const stranger = await network.bind({ address: "10.1.0.1", port: 0 }, { onDatagram: () => {}, onError: () => {} });
    const packet = makeRtp({ payloadType: 0, seq: 1, timestamp: 1, ssrc: 1 }, frames(1)[0]!);
    stranger.send(packet, { address: a.local.address, port: a.local.rtpPort });
    alice.say(frames(1)[0]!);
    expect(bob.heard).toEqual(frames(1));
    expect((await relay.counters()).refused).toEqual({ "wrong-source": 1 });
  });

  test.each([
    ["too-short", new Uint8Array(11)],
    ["oversized", new Uint8Array(1501).fill(0x80)],
    ["not-rtp-version-2", new Uint8Array(172)],
    ["malformed", Uint8Array.of(0x8f, ...new Uint8Array(30))],
    ["malformed", Uint8Array.of(0xa0, ...new Uint8Array(30))],
    ["unknown-payload-type", Uint8Array.of(0x80, 8, ...new Uint8Array(30))],
    ["comfort-noise", Uint8Array.of(0x80, 13, ...new Uint8Array(30))],
  ])("%s is a reason of its own", async (reason, bytes) => {
    const { alice, bob, relay } = await joinedPair();
    alice.sendRaw(bytes);
    expect(bob.heard).toHaveLength(0);
    expect((await relay.counters()).refused).toEqual({ [reason]: 1 });
  });

  test("before the leg is connected, before it is joined and while its partner is not connected packets are counted", async () => {
    const { network, relay } = memoryRelay();
    const session = await relay.open({});
    const [a, b] = [await session.plainLeg(), await session.plainLeg()];
    const alice = await connected(network, a, "10.1.0.1");
    const say = (): void => alice.say(frames(1)[0]!);
    say();
    await session.join(a.id, b.id);
    say();
    alice.aim(b.local);
    say();
    expect((await relay.counters()).refused).toEqual({ "not-joined": 1, "peer-not-connected": 1, "not-connected": 1 });
  });
});

describe("bounds and ends", () => {
  test("when a session is closed its ports rest and nothing else of it is left", async () => {
    const { clock, network, relay, session, alice, bob } = await joinedPair();
    alice.close();
    bob.close();
    await session.close();
    await session.close();
    expect(await relay.counters()).toMatchObject({ sessions: 0, legs: 0, ports: 0, portsResting: 4, timers: 0 });
    await clock.advance(5000);
    expect(await relay.counters()).toMatchObject({ portsResting: 0 });
    expect(network.open).toBe(0);
    expect(clock.pending).toBe(0);
    await relay.close();
    await expect(session.statistics()).rejects.toMatchObject({ code: "MEDIA_SESSION_CLOSED" });
  });

  test("a closed port is not bound again before it has rested", async () => {
    const { clock, relay } = memoryRelay({ lastPort: 10_003 });
    const session = await relay.open(listening([]));
    const [first] = [await session.plainLeg(), await session.plainLeg()];
    await first!.close();
    await expect(session.plainLeg()).rejects.toMatchObject({ code: "MEDIA_NO_PORT" });
    await clock.advance(5000);
    expect((await session.plainLeg()).local).toEqual(first!.local);
  });

  test("RTP is on an even port and RTCP on the odd one above, passing over ports that others hold", async () => {
    const { network, relay } = memoryRelay({ lastPort: 10_003 });
    await network.bind({ address: "10.0.0.1", port: 10_001 }, { onDatagram: () => {}, onError: () => {} });
    const { local } = await (await relay.open({})).plainLeg();
    expect(local).toEqual({ address: "10.0.0.1", rtpPort: 10_002, rtcpPort: 10_003 });
    expect((await relay.counters()).ports).toBe(2);
  });

  test("a session has at most so many legs", async () => {
    const { relay } = memoryRelay({ maxLegsPerSession: 2 });
    const session = await relay.open({});
    const opened = [session.plainLeg(), session.plainLeg(), session.plainLeg()];
    const outcomes = await Promise.allSettled(opened);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected"]);
    expect(outcomes[2]).toMatchObject({ reason: { code: "MEDIA_LEGS_FULL" } });
  });

  test("a session closed while a leg is opening leaves no port behind", async () => {
    const { relay } = memoryRelay();
    const session = await relay.open({});
    const opening = session.plainLeg();
    await session.close();
    await expect(opening).rejects.toMatchObject({ code: "MEDIA_SESSION_CLOSED" });
    expect(await relay.counters()).toMatchObject({ legs: 0, ports: 0 });
  });

  test("a leg joined to another leaves its first partner alone", async () => {
    const { network, session, alice, bob, a } = await joinedPair();
    const c = await session.plainLeg();
    const carol = await connected(network, c, "10.1.0.3");
    await session.join(a.id, c.id);
    alice.say(frames(1)[0]!);
    bob.say(frames(1)[0]!);
    expect([carol.heard.length, bob.heard.length, alice.heard.length]).toEqual([1, 0, 0]);
  });

  test("of five legs any two can be joined, two pairs at once, and who is in no pair hears nothing", async () => {
    const { network, relay } = memoryRelay();
    const session = await relay.open({});
    const legs = await Promise.all(Array.from({ length: 5 }, () => session.plainLeg()));
    const peers = await Promise.all(legs.map((leg, index) => connected(network, leg, `10.1.0.${index + 1}`)));
    const heardOf = async (
      ...pairs: readonly (readonly [number, number])[]
    ): Promise<readonly (string | undefined)[]> => {
      for (const { id } of legs) await session.part(id);
      for (const [a, b] of pairs) await session.join(legs[a]!.id, legs[b]!.id);
      const before = peers.map(({ heard }) => heard.length);
      peers.forEach((peer, index) => {
        peer.say(new Uint8Array(160).fill(index));
      });
      return peers.map(({ heard }, index) =>
        heard
          .slice(before[index])
          .map(([who]) => who)
          .join(),
      );
    };
    expect(await heardOf([0, 1], [2, 3])).toEqual(["1", "0", "3", "2", ""]);
    expect(await heardOf([4, 0])).toEqual(["4", "", "", "", "0"]);
    expect(await heardOf([1, 4], [3, 0])).toEqual(["3", "4", "", "0", "1"]);
    expect(await heardOf()).toEqual(["", "", "", "", ""]);
  });
});
