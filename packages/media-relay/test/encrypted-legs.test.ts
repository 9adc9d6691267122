import { describe, expect, test } from "vitest";
import { type PlainRemote, relayInProcess } from "../src/index.ts";
import {
  FakeClock,
  MemoryNetwork,
  makeRtp,
  RtpPeer,
  readCompound,
  rtpPayload,
  seededRandom,
} from "../src/testing/index.ts";
import { connected, frames, listening, type Told } from "./memory-relay.ts";
import { keysFor, mirrored, profiles, SecuredNetwork } from "./secured-network.ts";

const receiverReport = Uint8Array.of(0x80, 201, 0, 1, 0, 0, 0, 1);

/** Alice, whose leg is encrypted, and Bob, whose leg is not. */
async function scene(keys = keysFor(profiles[0]), changes: Partial<PlainRemote> = {}) {
  const [clock, network, told]: [FakeClock, MemoryNetwork, Told] = [new FakeClock(), new MemoryNetwork(), []];
  const relay = relayInProcess({
    plain: { bind: "10.0.0.1", ports: [10_000, 10_099] },
    browser: { hosts: ["10.0.0.1"], ports: [20_000, 20_099] },
    ...{ clock, network, random: seededRandom(1) },
  });
  const session = await relay.open(listening(told));
  const [a, b] = [await session.plainLeg(), await session.plainLeg()];
  const bob = await connected(network, b, "10.1.0.2");
  const secured = new SecuredNetwork(network, mirrored(keys));
  const alice = await RtpPeer.bind(secured, "10.1.0.1");
  alice.aim(a.local);
  const connect = (more: Partial<PlainRemote> = {}): Promise<void> =>
    a.connect(alice.remote({ srtp: keys, ...changes, ...more }));
  await connect();
  await session.join(a.id, b.id);
  const refused = async () => (await relay.counters()).refused;
  /** Both say so many frames, and both hear them. */
  const talk = (count: number, seed = 7): void => {
    const before = [alice.heard.length, bob.heard.length];
    for (const frame of frames(count, seed)) {
      alice.say(frame);
      bob.say(frame);
    }
    expect([alice.heard.slice(before[0]), bob.heard.slice(before[1])]).toEqual([
      frames(count, seed),
      frames(count, seed),
    ]);
  };
  /** Goes on until the sequence numbers of both directions have begun anew. */
  const wrap = (): void => {
    alice.seq = 65_500;
    for (let said = 0; said < 0x1_0000; said += 1) bob.say(Uint8Array.of(1));
    talk(100);
    alice.received.packets.length = 0;
  };
  return { clock, network, told, relay, a, alice, bob, secured, connect, refused, talk, wrap };
}

describe.each(profiles)("a leg that is encrypted with %s", (profile) => {
  test("carries audio byte for byte both ways, and none of it is seen on the wire", async () => {
    const { secured, refused, talk } = await scene(keysFor(profile));
    talk(50);
    const clear = new Set(frames(50).map((frame) => Buffer.from(frame).toString("hex")));
    const wire = [...secured.seen.sent, ...secured.seen.received];
    expect(wire).toHaveLength(100);
    for (const packet of wire)
      expect(clear).not.toContain(Buffer.from(rtpPayload(packet).subarray(0, 160)).toString("hex"));
    expect(await refused()).toEqual({});
  });

  test("carries key presses and reports", async () => {
    const { alice, bob, clock, told, relay, talk, a } = await scene(keysFor(profile));
    talk(5);
    alice.press("8", 100);
    expect(told.filter(({ event }) => event === "digit")).toEqual([{ event: "digit", leg: a.id, what: ["8", 100] }]);
    expect(bob.received.packets).toHaveLength(12);
    alice.report(receiverReport);
    await clock.advance(10_000);
    expect(alice.received.reports.length).toBeGreaterThan(0);
    expect(alice.received.reports.every((report) => readCompound(report).ok)).toBe(true);
    expect((await relay.counters()).refused).toEqual({});
  });

  test("refuses and counts what is repeated, protected with other keys, changed or in clear, although it comes from the peer", async () => {
    const { network, alice, bob, a, secured, refused, talk } = await scene(keysFor(profile));
    talk(3);
    secured.rekey(mirrored(keysFor(profile, 9)));
    alice.say(frames(1)[0]!);
    alice.report(receiverReport);
    const sent = secured.seen.sent.slice(0, 3);
    const { address, rtpPort } = alice.remote();
    alice.close();
    const same = await network.bind({ address, port: rtpPort }, { onDatagram() {}, onError() {} });
    const changed = sent.map((packet) => packet.with(20, packet[20]! ^ 1));
    const clear = makeRtp({ payloadType: 0, seq: alice.seq, timestamp: 1, ssrc: alice.ssrc }, frames(1)[0]!);
    for (const packet of [...sent, ...changed, clear, Uint8Array.of(0x80)]) {
      same.send(packet, { address: a.local.address, port: a.local.rtpPort });
    }
    expect(await refused()).toEqual({ "not-authentic": 10 });
    expect(bob.heard).toHaveLength(3);
  });
});

test("a peer that changes its source 200 times under one key is heard each time", async () => {
  const { alice, bob, clock, refused } = await scene();
  for (const [round, frame] of frames(2000).entries()) {
    if (round % 10 === 0) alice.ssrc += 1;
    alice.say(frame);
    await clock.advance(20);
  }
  expect(bob.heard).toEqual(frames(2000));
  expect(await refused()).toEqual({});
});

test("a peer whose first packets were lost around the end of its sequence is heard", async () => {
  const { a, alice, bob, secured } = await scene();
  alice.seq = 65_530;
  alice.aim({ address: "10.9.9.9", rtpPort: 1, rtcpPort: 2 });
  for (const frame of frames(10)) alice.say(frame);
  expect(secured.seen.sent).toHaveLength(10);
  alice.aim(a.local);
  for (const frame of frames(10)) alice.say(frame);
  expect(bob.heard).toEqual(frames(10));
});

describe("a renegotiation", () => {
  test.each([
    ["holds and resumes", [{ direction: "inactive" }, {}]],
    ["holds by 0.0.0.0", [{ address: "0.0.0.0" }, {}]],
    ["moves the peer to other ports and back", [{ rtpPort: 7000 }, {}]],
    ["goes without protection for a while", [{ srtp: undefined }, {}]],
  ] as const)("that %s and keeps the keys keeps the rollover counters and the replay list", async (_, steps) => {
    const { connect, refused, talk, wrap } = await scene();
    wrap();
    for (const { ...step } of steps) await connect(step as Partial<PlainRemote>);
    talk(100, 8);
    expect(await refused()).toEqual({});
  });

  test.each(["0.0.0.0", "10.1.0.1"])(
    "that holds by inactive and %s follows the sequence of a peer that plays on over two wraps",
    async (address) => {
      const { alice, bob, connect, talk } = await scene();
      alice.seq = 40_000;
      await connect({ address, direction: "inactive" });
      for (let said = 0; said < 0x2_8000; said += 1) alice.say(Uint8Array.of(1));
      expect(bob.heard).toEqual([]);
      await connect();
      talk(10);
    },
  );

  test("that keeps the keys lets nothing of before in again", async () => {
    const { network, alice, bob, a, connect, secured, refused, talk } = await scene();
    talk(10);
    await connect();
    const { address, rtpPort } = alice.remote();
    alice.close();
    const same = await network.bind({ address, port: rtpPort }, { onDatagram() {}, onError() {} });
    for (const packet of secured.seen.sent) same.send(packet, { address: a.local.address, port: a.local.rtpPort });
    expect(await refused()).toEqual({ "not-authentic": 10 });
    expect(bob.heard).toHaveLength(10);
  });

  test("that brings new keys begins anew with them, and the old ones open nothing any more", async () => {
    const { alice, bob, secured, connect, refused, talk, wrap } = await scene();
    wrap();
    const next = keysFor(profiles[0], 2);
    await connect({ srtp: next });
    alice.say(frames(1)[0]!);
    expect(await refused()).toEqual({ "not-authentic": 1 });
    secured.rekey(mirrored(next));
    bob.received.packets.length = 0;
    talk(100, 8);
    expect(await refused()).toEqual({ "not-authentic": 1 });
  });

  test("that brings a new key of the peer's alone leaves ours where it was", async () => {
    const [first, second] = [keysFor(profiles[0]), keysFor(profiles[0], 2)];
    const { alice, bob, secured, connect, refused, wrap } = await scene(first);
    wrap();
    await connect({ srtp: { ...first, remote: second.remote } });
    for (const frame of frames(20, 8)) bob.say(frame);
    expect(alice.heard.slice(-20)).toEqual(frames(20, 8));
    secured.rekey(mirrored({ ...first, remote: second.remote }));
    for (const frame of frames(20, 9)) alice.say(frame);
    expect(bob.heard.slice(-20)).toEqual(frames(20, 9));
    expect(await refused()).toEqual({});
  });

  test("that brings a new key of ours alone leaves the peer's where it was", async () => {
    const [first, second] = [keysFor(profiles[0]), keysFor(profiles[0], 2)];
    const { alice, bob, connect, refused, wrap } = await scene(first);
    wrap();
    await connect({ srtp: { ...first, local: second.local } });
    for (const frame of frames(20, 9)) alice.say(frame);
    expect(bob.heard.slice(-20)).toEqual(frames(20, 9));
    expect(await refused()).toEqual({});
  });

  test("that brings another profile begins anew, whatever the key", async () => {
    const { secured, connect, refused, talk } = await scene();
    talk(10);
    const other = { ...keysFor(profiles[0], 2), profile: profiles[1] };
    await connect({ srtp: other });
    secured.rekey(mirrored(other));
    talk(10, 8);
    const same = { ...other, profile: profiles[0] };
    await connect({ srtp: same });
    secured.rekey(mirrored(same));
    talk(10, 9);
    expect(await refused()).toEqual({});
  });

  test("with keys of a wrong length is refused by its code, and the leg stays as it was", async () => {
    const { connect, talk } = await scene();
    const keys = keysFor(profiles[0]);
    const short = { ...keys, remote: { ...keys.remote, salt: new Uint8Array(12) } };
    await expect(connect({ srtp: short })).rejects.toMatchObject({ code: "MEDIA_REMOTE_INVALID" });
    talk(5);
  });
});

test("a latch waits for an authentic packet: a sender without the keys in an allowed network does not take the call", async () => {
  const nat = { address: "192.168.0.7", rtpPort: 4000, rtcpPort: 4001, latch: ["10.1.0.0/16"] };
  const { network, a, refused, talk } = await scene(keysFor(profiles[1]), nat);
  const impostor = await RtpPeer.bind(network, "10.1.0.9");
  impostor.aim(a.local);
  for (const frame of frames(5)) impostor.say(frame);
  impostor.report(receiverReport);
  talk(10);
  impostor.say(frames(1)[0]!);
  expect(await refused()).toEqual({ "not-authentic": 6, "wrong-source": 1 });
});

test("reports on the RTP port are encrypted too", async () => {
  const { alice, clock, refused, talk } = await scene(keysFor(profiles[0]), { rtcpMux: true });
  talk(5);
  alice.sendRaw(receiverReport);
  await clock.advance(10_000);
  const reports = alice.received.packets.slice(5);
  expect(reports.length).toBeGreaterThan(0);
  expect(reports.every((report) => readCompound(report).ok)).toBe(true);
  expect(await refused()).toEqual({});
});
