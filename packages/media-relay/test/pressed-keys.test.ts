import { describe, expect, test } from "vitest";
import { digitOf, rtp, telephoneEvent } from "../src/testing/index.ts";
import { frames, joinedPair } from "./memory-relay.ts";

const sound = frames(60);

/** What a listener got: `.` for sound, a key for each packet of a press, `!` behind it where it says that it is the end. */
const seen = (packets: readonly Uint8Array[]): string =>
  packets
    .map((packet) => {
      if (rtp.payloadType(packet) === 0) return ".";
      return `${digitOf(telephoneEvent.event(packet))}${telephoneEvent.isEnd(packet) ? "!" : ""}`;
    })
    .join("");

async function talking() {
  const pair = await joinedPair();
  const { alice, clock } = pair;
  let said = 0;
  const talk = async (count: number): Promise<void> => {
    for (let at = 0; at < count; at += 1) {
      alice.say(sound[said++ % sound.length]!);
      await clock.advance(20);
    }
  };
  return { ...pair, talk };
}

describe("a key that is pressed for a peer", () => {
  test("takes the place of the sound, ends three times, and leaves no gap in the numbers", async () => {
    const { session, b, bob, talk } = await talking();
    await talk(3);
    expect(await session.press(b.id, "7", 80)).toBe(true);
    await talk(7);
    const { packets } = bob.received;
    expect(seen(packets)).toMatch(/^\.\.\.(7){3}7!7!7!\.{3,4}$/);
    const seqs = bob.heardSeqs;
    expect(seqs.map((seq) => (seq - seqs[0]!) & 0xffff)).toEqual(seqs.map((_, at) => at));
    const press = packets.filter((packet) => rtp.payloadType(packet) !== 0);
    expect(new Set(press.map((packet) => rtp.timestamp(packet))).size).toBe(1);
    expect(press.map((packet) => telephoneEvent.durationTicks(packet))).toEqual([160, 320, 480, 640, 640, 640]);
    expect(rtp.marker(press[0]!)).toBe(true);
    expect(rtp.marker(press[1]!)).toBe(false);
    const after = packets.at(-1)!;
    expect((rtp.timestamp(after) - rtp.timestamp(press[0]!)) >>> 0).toBeGreaterThan(640);
    expect(new Set(packets.map((packet) => rtp.ssrc(packet))).size).toBe(1);
  });

  test("waits for those before it, and each is a press of its own", async () => {
    const { session, b, bob, talk } = await talking();
    await talk(1);
    for (const key of ["1", "1", "#"]) expect(await session.press(b.id, key, 40)).toBe(true);
    await talk(30);
    expect(seen(bob.received.packets).replaceAll(/\.+/g, ".")).toBe(".11!1!1!.11!1!1!.##!#!#!.");
    const stamps = bob.received.packets.filter((packet) => rtp.payloadType(packet) !== 0).map(rtp.timestamp);
    expect(new Set(stamps).size).toBe(3);
  });

  test("is refused where the peer takes no presses, is on hold, or too many wait, and what is no key always", async () => {
    const { session, b, bob } = await talking();
    expect(await session.press(b.id, "E", 100)).toBe(false);
    for (let at = 0; at < 32; at += 1) expect(await session.press(b.id, "5", 100)).toBe(true);
    expect(await session.press(b.id, "5", 100)).toBe(false);
    await b.connect(bob.remote({ direction: "recvonly" }));
    expect(await session.press(b.id, "5", 100)).toBe(false);
    await b.connect({ ...bob.remote(), send: { pcmu: 0 } });
    expect(await session.press(b.id, "5", 100)).toBe(false);
    await b.connect(bob.remote());
    expect(await session.press(b.id, "5", 100)).toBe(true);
  });

  test("leaves nothing behind when the session closes in the middle of it", async () => {
    const { session, b, clock, relay } = await talking();
    await session.press(b.id, "5", 1000);
    await clock.advance(100);
    await session.close();
    await clock.advance(10_000);
    expect((await relay.counters()).timers).toBe(0);
    expect(clock.pending).toBe(0);
  });
});
