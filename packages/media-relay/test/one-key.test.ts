import { describe, expect, test } from "vitest";
import { pcmuAnnouncement } from "../src/index.ts";
import { makeRtp, makeTelephoneEvent, RtpPeer, rtp, seededRandom } from "../src/testing/index.ts";
import { connected, memoryRelay } from "./memory-relay.ts";
import { keysFor, mirrored, SecuredNetwork } from "./secured-network.ts";

const seeds = Array.from({ length: 12 }, (_, at) => at + 1);
const directions = ["sendrecv", "sendonly", "recvonly", "inactive"] as const;

/** An encrypted listener, a speaker over a rough path, and sources that take her place. */
async function scene(seed: number) {
  const weather = { seed, loss: 0.03, duplicate: 0.05, reorder: 0.1, spreadMs: 90, towards: "10.0.0.1" };
  const { network, clock, relay } = memoryRelay({ weather });
  const keys = keysFor("AES_CM_128_HMAC_SHA1_80", seed);
  const session = await relay.open({});
  const [a, b] = [await session.plainLeg(), await session.plainLeg()];
  const alice = await connected(network, a, "10.1.0.1");
  const secured = new SecuredNetwork(network, mirrored(keys));
  const bob = await RtpPeer.bind(secured, "10.1.0.2");
  bob.aim(b.local);
  const hold = (direction: (typeof directions)[number]) => b.connect(bob.remote({ srtp: keys, direction }));
  await hold("sendrecv");
  const announcement = pcmuAnnouncement(new Uint8Array(1700));
  const sources = [
    await session.sourceLeg({ kind: "tone", hz: [440] }),
    await session.sourceLeg({ kind: "player", announcement, loop: true }),
    await session.sourceLeg({ kind: "echo" }),
  ];
  await session.join(a.id, b.id);
  return { clock, session, a, b, alice, bob, secured, sources, hold };
}

type Scene = Awaited<ReturnType<typeof scene>>;

/** What can happen, each with its share of a hundred. */
function happenings({ clock, session, a, b, alice, bob, sources, hold }: Scene, bytes: (count: number) => Uint8Array) {
  const below = (limit: number): number => ((bytes(1)[0]! << 8) | bytes(1)[0]!) % limit;
  const old: Uint8Array[] = [];
  let press: { readonly timestamp: number; readonly ticks: number } | undefined;
  const send = (payloadType: number, timestamp: number, payload: Uint8Array): Promise<void> => {
    const packet = makeRtp({ payloadType, seq: alice.seq, timestamp, ssrc: alice.ssrc }, payload);
    alice.seq = (alice.seq + 1) & 0xffff;
    alice.timestamp = (alice.timestamp + 160) >>> 0;
    old.unshift(packet);
    old.length = Math.min(old.length, 40);
    alice.sendRaw(packet);
    return clock.advance(20);
  };
  const key = (): Promise<void> => {
    const { timestamp, ticks } = press ?? { timestamp: alice.timestamp, ticks: 0 };
    const isEnd = below(4) === 0;
    press = isEnd ? undefined : { timestamp, ticks: ticks + 160 };
    return send(101, timestamp, makeTelephoneEvent(5, ticks + 160, isEnd));
  };
  const all: readonly (readonly [share: number, happen: () => unknown])[] = [
    [56, () => send(0, alice.timestamp, bytes(160))],
    [4, () => send([0, 13, 96][below(3)]!, alice.timestamp, new Uint8Array(0))],
    [12, key],
    [4, () => old.length > 0 && alice.sendRaw(old[below(old.length)]!)],
    [2, () => Object.assign(alice, { ssrc: below(5) + 1 })],
    [1, () => Object.assign(alice, { seq: below(0x1_0000) })],
    [1, () => Object.assign(alice, { seq: (alice.seq - below(200)) & 0xffff })],
    [1, () => Object.assign(alice, { timestamp: (alice.timestamp + below(0x1_0000) * 16 - 500_000) >>> 0 })],
    [2, () => session.join(a.id, b.id)],
    [2, () => session.join(sources[below(3)]!.id, b.id)],
    [1, () => session.part(b.id)],
    [2, () => hold(directions[below(4)]!)],
    [1, () => session.press(b.id, "5", 40 + below(300))],
    [1, () => bob.say(bytes(160))],
    [10, () => clock.advance(below(60))],
  ];
  const turns = all.flatMap(([share, happen]) => Array.from({ length: share }, () => happen));
  return async (): Promise<void> => {
    await turns[below(turns.length)]!();
  };
}

describe("whatever a source, the legs and the path do", () => {
  test.each(seeds)("no number is sent twice under one key, and audio's time only grows (seed %i)", async (seed) => {
    const all = await scene(seed);
    const happen = happenings(all, seededRandom(seed));
    for (let step = 0; step < 800; step += 1) await happen();
    await all.session.close();
    const sent = all.secured.seen.received.filter((packet) => packet[1]! < 192 || packet[1]! >= 224);
    const texts = new Map<number, Set<string>>();
    for (const packet of sent) {
      const number = rtp.seq(packet);
      texts.set(number, (texts.get(number) ?? new Set()).add(Buffer.from(packet).toString("hex")));
    }
    expect([...texts.values()].filter(({ size }) => size > 1)).toEqual([]);
    const audio = all.bob.received.packets.filter((packet) => rtp.payloadType(packet) === 0);
    const inRow = audio.toSorted((one, other) => ((rtp.seq(one) - rtp.seq(other)) << 16) >> 16);
    const steps = inRow.slice(1).map((packet, at) => (rtp.timestamp(packet) - rtp.timestamp(inRow[at]!)) | 0);
    expect(audio.length).toBeGreaterThan(50);
    expect(Math.min(...steps)).toBeGreaterThan(0);
    expect(Math.max(...steps)).toBeLessThan(15 * 8000);
  });
});
