import { describe, expect, test } from "vitest";
import type { PlainRemote } from "../src/index.ts";
import { makeRtp, RtpPeer, seededRandom } from "../src/testing/index.ts";
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

describe("symmetric RTP", () => {
  test("the first valid packet from an allowed network says where the peer is: it is heard, and what is sent goes there", async () => {
    const { bob, device } = await scene();
    const said = frames(3);
    device.say(said[0]!);
    bob.say(said[1]!);
    device.say(said[2]!);
    expect(bob.heard).toEqual([said[0], said[2]]);
    expect(device.heard).toEqual([said[1]]);
  });

  test("until then what is sent goes where the SDP says, and who is there may speak", async () => {
    const { device, peerAt, connect, bob } = await scene();
    const named = await peerAt("198.51.100.1");
    await connect(named.remote({ latch: [trunk] }));
    bob.say(frames(1)[0]!);
    expect(named.heard).toHaveLength(1);
    named.say(frames(1)[0]!);
    device.say(frames(1, 9)[0]!);
    expect(bob.heard).toEqual(frames(1));
  });

  test("once latched nobody else is heard, not even from an allowed network or from where the SDP says", async () => {
    const { bob, device, peerAt, connect, refused } = await scene();
    const [other, named] = [await peerAt("203.0.113.6"), await peerAt("198.51.100.1")];
    await connect({ ...named.remote(), latch: [trunk] });
    const said = frames(20);
    for (const frame of said) {
      device.say(frame);
      for (const stranger of [other, named]) {
        stranger.sendRaw(
          makeRtp({ payloadType: 0, seq: device.seq, timestamp: device.timestamp, ssrc: device.ssrc }, frame),
        );
      }
    }
    expect(bob.heard).toEqual(said);
    expect(await refused()).toEqual({ "wrong-source": 40 });
    bob.say(said[0]!);
    expect([device.heard.length, other.heard.length, named.heard.length]).toEqual([1, 0, 0]);
  });

  test("nobody outside the allowed networks is latched to, and packets that prove nothing latch to nobody", async () => {
    const { bob, device, peerAt, refused } = await scene();
    const outsider = await peerAt("203.0.114.5");
    outsider.say(frames(1)[0]!);
    const other = await peerAt("203.0.113.6");
    other.sendRaw(Uint8Array.of(0x80, 0, 1));
    other.sendRaw(new Uint8Array(172));
    other.sendRaw(Uint8Array.of(0xa0, 0, ...new Uint8Array(30)));
    for (const type of [8, 13]) other.sendRaw(Uint8Array.of(0x80, type, ...new Uint8Array(30)));
    device.say(frames(1)[0]!);
    expect(bob.heard).toEqual(frames(1));
    expect(await refused()).toEqual({
      "wrong-source": 1,
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
    device.say(frames(1)[0]!);
    expect(bob.heard).toEqual(frames(1));
  });

  test.each([
    ["the same place", {}],
    ["the same place on hold", { direction: "sendonly" }],
    ["the same place with other payload types", { receive: { pcmu: 0, telephoneEvent: 96 } }],
  ] as const)("a renegotiation that names %s leaves the latch as it is", async (_, changes) => {
    const { bob, device, peerAt, connect, refused } = await scene();
    const other = await peerAt("203.0.113.6");
    device.say(frames(1)[0]!);
    await connect(changes);
    await connect();
    other.say(frames(1, 9)[0]!);
    device.say(frames(1)[0]!);
    expect(bob.heard).toEqual([...frames(1), ...frames(1)]);
    expect(await refused()).toEqual({ "wrong-source": 1 });
  });

  test("a hold by 0.0.0.0 stops both ways and leaves the latch as it is", async () => {
    const { bob, device, peerAt, connect } = await scene();
    const other = await peerAt("203.0.113.6");
    device.say(frames(1)[0]!);
    await connect({ address: "0.0.0.0" });
    for (const peer of [device, other, bob]) peer.say(frames(1)[0]!);
    expect([bob.heard.length, device.heard.length]).toEqual([1, 0]);
    await connect();
    for (const peer of [other, device, bob]) peer.say(frames(1)[0]!);
    expect([bob.heard.length, device.heard.length, other.heard.length]).toEqual([2, 1, 0]);
  });

  test("a renegotiation that names another place arms it anew, once", async () => {
    const { bob, device, peerAt, connect, refused } = await scene();
    const moved = await peerAt("203.0.113.6");
    device.say(frames(1)[0]!);
    await connect({ rtpPort: 4002, rtcpPort: 4003 });
    moved.say(frames(1, 9)[0]!);
    device.say(frames(1)[0]!);
    expect(bob.heard).toEqual([...frames(1), ...frames(1, 9)]);
    expect(await refused()).toEqual({ "wrong-source": 1 });
  });

  test("networks that are none are refused by their code, and the leg stays connected as it was", async () => {
    const { bob, device, connect } = await scene();
    await expect(connect({ rtpPort: 5000, latch: ["203.0.113.0/40"] })).rejects.toMatchObject({
      code: "MEDIA_REMOTE_INVALID",
    });
    device.say(frames(1)[0]!);
    expect(bob.heard).toHaveLength(1);
  });
});

describe("RTCP", () => {
  test("is latched like RTP: the first report from an allowed network, then nobody else", async () => {
    const { clock, device, peerAt, refused } = await scene();
    const [outsider, other] = [await peerAt("203.0.114.5"), await peerAt("203.0.113.6")];
    outsider.report(receiverReport);
    other.report(Uint8Array.of(0x81, 203, 0, 1, 0, 0, 0, 1));
    other.report(Uint8Array.of(1, 2, 3));
    device.report(receiverReport);
    other.report(receiverReport);
    expect(await refused()).toEqual({ "wrong-source": 2, "rtcp-malformed": 2 });
    await clock.advance(10_000);
    expect(device.received.reports.length).toBeGreaterThan(0);
    expect(other.received.reports).toHaveLength(0);
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
    device.say(frames(1)[0]!);
    other.sendRaw(receiverReport);
    device.sendRaw(receiverReport);
    expect(bob.heard).toHaveLength(1);
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
