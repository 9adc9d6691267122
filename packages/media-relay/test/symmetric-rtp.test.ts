import { describe, expect, test } from "vitest";
import type { PlainRemote } from "../src/index.ts";
import { RtpPeer, seededRandom } from "../src/testing/index.ts";
import { connected, frames, memoryRelay } from "./memory-relay.ts";

const trunk = "203.0.113.0/24";
/** What the SDP of a device behind a NAT says: nobody is there. */
const behindNat = { address: "192.168.0.7", rtpPort: 4000, rtcpPort: 4001 } as const;

/** Bob, whom the device is to be heard by, and the device's leg. */
async function scene(changes: Partial<PlainRemote> = { ...behindNat, latch: [trunk] }) {
  const { clock, network, relay } = memoryRelay();
  const session = await relay.open({});
  const [a, b] = [await session.plainLeg(), await session.plainLeg()];
  const bob = await connected(network, b, "10.1.0.2");
  await session.join(a.id, b.id);
  let ssrc = 1;
  const peerAt = async (address: string): Promise<RtpPeer> => {
    const peer = await RtpPeer.bind(network, address);
    peer.ssrc = ssrc++;
    peer.aim(a.local);
    return peer;
  };
  const device = await peerAt("203.0.113.5");
  const connect = (more: Partial<PlainRemote> = {}): Promise<void> => a.connect(device.remote({ ...changes, ...more }));
  await connect();
  const refused = async () => (await relay.counters()).refused;
  return { clock, network, session, a, bob, device, peerAt, connect, refused };
}

const receiverReport = Uint8Array.of(0x80, 201, 0, 1, 0, 0, 0, 1);

/** So many packets in sequence prove that a sender is the peer. */
const proving = 5;

const introduction = frames(proving, 99);
const introduce = (peer: RtpPeer): void => {
  for (const frame of introduction) peer.say(frame);
};

describe("symmetric RTP", () => {
  test("several packets in sequence from an allowed network say where the peer is: what is sent goes there", async () => {
    const { bob, device } = await scene();
    introduce(device);
    const said = frames(3);
    device.say(said[0]!);
    bob.say(said[1]!);
    device.say(said[2]!);
    expect(bob.heard).toEqual([...introduction, said[0], said[2]]);
    expect(device.heard).toEqual([said[1]]);
  });

  test("until then what is sent goes where the SDP says, and who is there is heard from the first packet on", async () => {
    const { device, peerAt, connect, bob } = await scene();
    const named = await peerAt("198.51.100.1");
    await connect(named.remote({ latch: [trunk] }));
    bob.say(frames(1)[0]!);
    expect(named.heard).toHaveLength(1);
    named.say(frames(1)[0]!);
    introduce(device);
    expect(bob.heard).toEqual(frames(1));
  });

  test("a peer that can be reached where the SDP says is heard from elsewhere, but nothing is sent there", async () => {
    const { device, peerAt, connect, bob } = await scene();
    const named = await peerAt("198.51.100.1");
    await connect(named.remote({ latch: [trunk], sendTo: "named" }));
    introduce(device);
    device.say(frames(1)[0]!);
    bob.say(frames(1)[0]!);
    expect([bob.heard.length, named.heard.length, device.heard.length]).toEqual([proving + 1, 1, 0]);
  });

  test("the place that the SDP names wins over whoever was first, and keeps the call", async () => {
    const { clock, bob, peerAt, connect } = await scene();
    const [named, attacker] = [await peerAt("203.0.113.5"), await peerAt("203.0.113.5")];
    await connect(named.remote({ latch: [trunk] }));
    for (const frame of frames(50)) attacker.say(frame);
    const before = bob.heard.length;
    for (const frame of frames(50)) {
      named.say(frame);
      for (const noise of frames(20)) attacker.say(noise);
      bob.say(frame);
      await clock.advance(20);
    }
    expect(bob.heard.slice(before)).toEqual(frames(50));
    expect([named.heard.length, attacker.heard.length]).toEqual([50, 0]);
  });

  test("stray packets, in no sequence, of no source or from many places, move nothing", async () => {
    const { clock, bob, device, peerAt } = await scene();
    const others = await Promise.all(Array.from({ length: 70 }, () => peerAt("203.0.113.6")));
    for (const frame of frames(4)) {
      device.say(frame);
      for (const other of others)
        for (const seq of [5, 9, 2]) {
          other.seq = seq;
          other.say(frame);
        }
      await clock.advance(20);
    }
    expect(bob.heard).toEqual([]);
    for (const frame of frames(50)) {
      device.say(frame);
      await clock.advance(20);
    }
    expect(bob.heard.length).toBeGreaterThan(45);
  });

  test.each<[string, (at: number) => readonly number[]]>([
    ["repeats each packet", (at) => [at, at]],
    ["swaps neighbours", (at) => [at ^ 1]],
    ["loses one packet of five", (at) => (at % 5 === 0 ? [] : [at])],
    ["loses every second packet", (at) => (at % 2 === 0 ? [] : [at])],
  ])("a peer behind a NAT whose path %s is found", async (_, arriving) => {
    const { clock, bob, device } = await scene();
    device.seq = 65_530;
    const first = device.seq;
    for (const [at, frame] of frames(50).entries()) {
      for (const number of arriving(at)) {
        device.seq = (first + number) & 0xffff;
        device.timestamp = 160 * number;
        device.say(frame);
      }
      bob.say(frame);
      await clock.advance(20);
    }
    expect(bob.heard.length).toBeGreaterThan(20);
    expect(device.heard.length).toBeGreaterThan(35);
  });

  test("a peer behind a NAT that sends two sources at once is found", async () => {
    const { clock, bob, device } = await scene();
    let [audio, other] = [
      { ssrc: 1, seq: 7 },
      { ssrc: 2, seq: 30_000 },
    ];
    for (const frame of frames(50)) {
      for (const next of [audio, other]) {
        [device.ssrc, device.seq] = [next.ssrc, next.seq];
        device.say(frame);
      }
      [audio, other] = [audio, other].map(({ ssrc, seq }) => ({ ssrc, seq: seq + 1 })) as [typeof audio, typeof other];
      bob.say(frame);
      await clock.advance(20);
    }
    expect(bob.heard.length).toBeGreaterThan(45);
    expect(device.heard.length).toBeGreaterThan(40);
  });

  test("a peer behind a NAT that is silent and sends comfort noise is found, so that it hears the other", async () => {
    const { clock, bob, device, refused } = await scene();
    for (let at = 0; at < 10; at += 1) {
      device.say(Uint8Array.of(60), 13);
      await clock.advance(100);
    }
    bob.say(frames(1)[0]!);
    expect(device.heard).toHaveLength(1);
    expect(await refused()).not.toHaveProperty("unproven-source");
  });

  test("once latched nobody else is heard but who speaks from where the SDP says", async () => {
    const { bob, device, peerAt, connect, refused } = await scene();
    const [other, named] = [await peerAt("203.0.113.6"), await peerAt("198.51.100.1")];
    await connect({ ...named.remote(), latch: [trunk] });
    introduce(device);
    introduce(other);
    expect(await refused()).toEqual({ "wrong-source": proving });
    bob.say(frames(1)[0]!);
    named.say(frames(1)[0]!);
    bob.say(frames(1)[0]!);
    expect([device.heard.length, other.heard.length, named.heard.length]).toEqual([1, 0, 1]);
  });

  test.each([
    ["the same source goes on", true],
    ["it begins anew", false],
  ])("a NAT that gives a latched peer another port: %s and is heard", async (_, isSame) => {
    const { clock, bob, device, peerAt } = await scene();
    for (const frame of frames(50)) {
      device.say(frame);
      await clock.advance(20);
    }
    const moved = await peerAt("203.0.113.5");
    if (isSame) [moved.ssrc, moved.seq, moved.timestamp] = [device.ssrc, device.seq, device.timestamp];
    const before = bob.heard.length;
    for (const frame of frames(200)) {
      moved.say(frame);
      bob.say(frame);
      await clock.advance(20);
    }
    expect(bob.heard.length - before).toBeGreaterThan(140);
    expect(moved.heard.length).toBeGreaterThan(140);
  });

  test("a peer that was heard where the SDP says moves to another port of its address, and nowhere else", async () => {
    const { clock, bob, device, peerAt, connect } = await scene();
    await connect(device.remote({ latch: [trunk] }));
    device.say(frames(1)[0]!);
    await clock.advance(2000);
    const [stranger, moved] = [await peerAt("203.0.113.6"), await peerAt("203.0.113.5")];
    introduce(stranger);
    expect(bob.heard).toHaveLength(1);
    for (let round = 0; round < 2; round += 1) introduce(moved);
    bob.say(frames(1)[0]!);
    expect([bob.heard.length, moved.heard.length]).toEqual([1 + 2 * proving, 1]);
    device.say(frames(1)[0]!);
    bob.say(frames(1)[0]!);
    expect([moved.heard.length, device.heard.length]).toEqual([1, 1]);
  });

  test("nobody outside the allowed networks is latched to, and packets that prove nothing latch to nobody", async () => {
    const { bob, device, peerAt, refused } = await scene();
    const outsider = await peerAt("203.0.114.5");
    introduce(outsider);
    const other = await peerAt("203.0.113.6");
    other.sendRaw(Uint8Array.of(0x80, 0, 1));
    other.sendRaw(new Uint8Array(172));
    other.sendRaw(Uint8Array.of(0xa0, 0, ...new Uint8Array(30)));
    for (const type of [8, 18]) other.sendRaw(Uint8Array.of(0x80, type, ...new Uint8Array(30)));
    introduce(device);
    expect(bob.heard).toEqual(introduction);
    expect(await refused()).toEqual({
      "wrong-source": 5,
      "too-short": 1,
      "not-rtp-version-2": 1,
      malformed: 1,
      "unknown-payload-type": 2,
    });
  });

  test("noise from an allowed network before the first packet does not take the call", async () => {
    const { bob, device, peerAt } = await scene();
    const other = await peerAt("203.0.113.6");
    const random = seededRandom(5);
    for (let count = 0; count < 1000; count += 1) other.sendRaw(Uint8Array.of(0x40, ...random(random(1)[0]!)));
    introduce(device);
    expect(bob.heard).toEqual(introduction);
  });

  test.each([
    ["the same place", {}],
    ["the same place on hold", { direction: "sendonly" }],
    ["the same place with other payload types", { receive: { pcmu: 0, telephoneEvent: 96 } }],
  ] as const)("a renegotiation that names %s leaves the latch as it is", async (_, changes) => {
    const { bob, device, peerAt, connect, refused } = await scene();
    const other = await peerAt("203.0.113.6");
    introduce(device);
    await connect(changes);
    await connect();
    other.say(frames(1, 9)[0]!);
    device.say(frames(1)[0]!);
    expect(bob.heard).toEqual([...introduction, ...frames(1)]);
    expect(await refused()).toEqual({ "wrong-source": 1 });
  });

  test("a hold by 0.0.0.0 sends nothing and leaves the latch as it is; music on hold is still heard", async () => {
    const { bob, device, peerAt, connect } = await scene();
    const other = await peerAt("203.0.113.6");
    introduce(device);
    await connect({ address: "0.0.0.0", direction: "recvonly" });
    for (const peer of [device, other, bob]) peer.say(frames(1)[0]!);
    expect([bob.heard.length, device.heard.length]).toEqual([proving + 1, 0]);
    await connect();
    for (const peer of [other, device, bob]) peer.say(frames(1)[0]!);
    expect([bob.heard.length, device.heard.length, other.heard.length]).toEqual([proving + 2, 1, 0]);
  });

  test.each([1, 10, 80])(
    "after a re-INVITE to another place %i late packets of the old one are heard by nobody",
    async (late) => {
      const { clock, bob, device, peerAt, connect } = await scene();
      await connect(device.remote({ latch: [trunk] }));
      introduce(device);
      const moved = await peerAt("203.0.113.5");
      await connect(moved.remote({ latch: [trunk] }));
      const before = bob.heard.length;
      for (const frame of frames(late)) {
        device.say(frame);
        bob.say(frame);
        await clock.advance(20);
      }
      expect([bob.heard.length - before, device.heard.length, moved.heard.length]).toEqual([0, 0, late]);
      for (const frame of frames(50)) {
        moved.say(frame);
        device.say(frame);
        await clock.advance(20);
      }
      expect(bob.heard.slice(before)).toEqual(frames(50));
    },
  );

  test("a peer behind a NAT that names another place is latched to anew, not at once at its old place", async () => {
    const { clock, bob, device, peerAt, connect } = await scene();
    const moved = await peerAt("203.0.113.6");
    introduce(device);
    await connect({ rtpPort: 4002, rtcpPort: 4003 });
    introduce(device);
    expect(bob.heard).toHaveLength(proving);
    introduce(moved);
    introduce(device);
    expect(bob.heard).toHaveLength(2 * proving);
    await clock.advance(3000);
    introduce(device);
    expect(bob.heard).toHaveLength(3 * proving);
  });

  test("a peer whose mapping stays although its SDP names another place is heard again soon", async () => {
    const { clock, bob, device, connect } = await scene();
    introduce(device);
    await connect({ rtpPort: 4002, rtcpPort: 4003 });
    await clock.advance(2000);
    introduce(device);
    bob.say(frames(1)[0]!);
    expect([bob.heard.length, device.heard.length]).toEqual([2 * proving, 1]);
  });

  test.each(["2001:0DB8:0:0::5", "2001:db8::5"])(
    "an IPv6 address that the SDP writes %s is the same place",
    async (address) => {
      const { bob, peerAt, connect } = await scene();
      const named = await peerAt("2001:db8::5");
      await connect(named.remote({ address }));
      named.say(frames(1)[0]!);
      expect(bob.heard).toEqual(frames(1));
    },
  );

  test("a host name is nobody's place: nothing is sent until the peer has been heard", async () => {
    const { bob, device, connect } = await scene();
    await connect({ address: "phone.example.com" });
    bob.say(frames(1)[0]!);
    introduce(device);
    bob.say(frames(1)[0]!);
    expect([bob.heard.length, device.heard.length]).toEqual([proving, 1]);
  });

  test("networks that are none are refused by their code, and the leg stays connected as it was", async () => {
    const { bob, device, connect } = await scene();
    await expect(connect({ rtpPort: 5000, latch: ["203.0.113.0/40"] })).rejects.toMatchObject({
      code: "MEDIA_REMOTE_INVALID",
    });
    introduce(device);
    expect(bob.heard).toEqual(introduction);
  });
});

describe("RTCP", () => {
  test("comes from where the SDP says, or from the address that the RTP is latched to, on any port", async () => {
    const { clock, device, peerAt, refused } = await scene();
    const [outsider, other] = [await peerAt("203.0.114.5"), await peerAt("203.0.113.6")];
    device.report(receiverReport);
    expect(await refused()).toEqual({ "unproven-source": 1 });
    introduce(device);
    for (const stranger of [outsider, other]) stranger.report(receiverReport);
    device.report(Uint8Array.of(0x81, 203, 0, 1, 0, 0, 0, 1));
    device.report(Uint8Array.of(1, 2, 3));
    device.report(receiverReport);
    other.report(receiverReport);
    expect(await refused()).toEqual({ "unproven-source": 2, "wrong-source": 2, "rtcp-malformed": 2 });
    await clock.advance(10_000);
    expect(device.received.reports.length).toBeGreaterThan(0);
    expect(other.received.reports).toHaveLength(0);
  });

  test("a report from elsewhere does not take the reports from the place that the SDP names", async () => {
    const { clock, device, peerAt, connect } = await scene();
    const thief = await peerAt("203.0.113.5");
    await connect(device.remote({ latch: [trunk] }));
    introduce(device);
    thief.report(receiverReport);
    device.report(receiverReport);
    thief.report(receiverReport);
    await clock.advance(10_000);
    expect(device.received.reports.length).toBeGreaterThan(0);
    expect(thief.received.reports).toHaveLength(0);
  });

  test("goes to the address of its own that the SDP names, and comes only from there", async () => {
    const { clock, device, peerAt, connect, refused } = await scene({});
    const reporter = await peerAt("198.51.100.1");
    const { address: rtcpAddress, rtcpPort } = reporter.remote();
    await connect({ rtcpAddress, rtcpPort });
    device.report(receiverReport);
    reporter.report(receiverReport);
    expect(await refused()).toEqual({ "wrong-source": 1 });
    await clock.advance(10_000);
    expect(reporter.received.reports.length).toBeGreaterThan(0);
    expect(device.received.reports).toHaveLength(0);
  });

  test("shares the RTP port when both say so: reports go and come there, and what comes to the other port is refused", async () => {
    const { clock, bob, device, connect, refused } = await scene({});
    await connect({ rtcpMux: true });
    device.sendRaw(receiverReport);
    device.say(frames(1)[0]!);
    expect(bob.heard).toEqual(frames(1));
    expect(await refused()).toEqual({});
    device.report(receiverReport);
    expect(await refused()).toEqual({ "not-connected": 1 });
    await clock.advance(10_000);
    expect(device.received.packets.length).toBeGreaterThan(0);
    expect(device.received.packets.map((packet) => packet[1])).toEqual(device.received.packets.map(() => 201));
    expect(device.received.reports).toHaveLength(0);
  });

  test("on a shared port comes only from where the RTP does, latched or not", async () => {
    const { bob, device, peerAt, connect, refused } = await scene();
    await connect({ rtcpMux: true });
    const other = await peerAt("203.0.113.6");
    other.sendRaw(receiverReport);
    introduce(device);
    other.sendRaw(receiverReport);
    device.sendRaw(receiverReport);
    expect(bob.heard).toEqual(introduction);
    expect(await refused()).toEqual({ "wrong-source": 2 });
  });
});

test("what the last call's peer still sends to its ports is heard by nobody in the next call on them", async () => {
  const { clock, network, relay } = memoryRelay({ lastPort: 10_003 });
  const session = await relay.open({});
  const [a, b] = [await session.plainLeg(), await session.plainLeg()];
  const [alice, bob] = [await connected(network, a, "10.1.0.1"), await connected(network, b, "10.1.0.2")];
  await a.close();
  await clock.advance(5000);
  const next = await session.plainLeg();
  expect(next.local).toEqual(a.local);
  await session.join(next.id, b.id);
  alice.say(frames(1)[0]!);
  const carol = await connected(network, next, "10.1.0.3");
  alice.say(frames(1)[0]!);
  carol.say(frames(1, 9)[0]!);
  expect(bob.heard).toEqual(frames(1, 9));
  expect((await relay.counters()).refused).toEqual({ "not-connected": 1, "wrong-source": 1 });
});
