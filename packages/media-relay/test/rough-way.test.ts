import { setTimeout } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { type LegId, type MediaRelay, type MediaSession, relayInProcess, systemDatagrams } from "../src/index.ts";
import { makeRtp, RtpPeer } from "../src/testing/index.ts";
import { judged } from "./judged.ts";
import { KeyedBrowser } from "./keyed-browser.ts";
import { frames } from "./memory-relay.ts";
import { RoughWay } from "./rough-way.ts";
import { keysFor, mirrored, SecuredNetwork } from "./secured-network.ts";
import { talking } from "./talking.ts";

const network = "127.50.0.1";
const paceMs = 2;

/** Somebody at the far end of a rough way, and how a leg of hers hears her. */
type Far = { readonly leg: LegId; readonly way: RoughWay; readonly firstSeq: number; say(frame: Uint8Array): void };
type Kind = (session: MediaSession, seed: number) => Promise<Far>;

const overRtp =
  (isEncrypted: boolean): Kind =>
  async (session, seed) => {
    const keys = isEncrypted ? keysFor("AES_CM_128_HMAC_SHA1_80", seed) : undefined;
    const leg = await session.plainLeg();
    const way = await RoughWay.open(network, { address: network, port: leg.local.rtpPort }, { seed });
    const net = keys === undefined ? systemDatagrams : new SecuredNetwork(systemDatagrams, mirrored(keys));
    const peer = await RtpPeer.bind(net, network);
    onTestFinished(() => peer.close());
    const { address, port: rtpPort } = way.entrance;
    peer.aim({ address, rtpPort, rtcpPort: leg.local.rtcpPort });
    await leg.connect(peer.remote({ rtpPort: way.exit.port, ...(keys && { srtp: keys }) }));
    return { leg: leg.id, way, firstSeq: peer.seq, say: (frame) => peer.say(frame) };
  };

const overWebRtc =
  (profile: "aes-cm" | "aes-gcm"): Kind =>
  async (session, seed) => {
    const leg = await session.browserLeg();
    const browser = new KeyedBrowser(profile, [network]);
    onTestFinished(() => browser.close());
    const answer = await leg.answer(await browser.offer());
    const [line, start, port] = /^(a=candidate:\S+ 1 udp \d+ \S+ )(\d+)/m.exec(answer)!;
    const way = await RoughWay.open(network, { address: network, port: Number(port) }, { seed });
    await browser.accept(answer.replace(line, `${start}${way.entrance.port}`));
    await browser.connected();
    let seq = 100;
    const say = (frame: Uint8Array): void => {
      browser.sendRaw(
        browser.protect(makeRtp({ payloadType: 0, seq, timestamp: seq * 160, ssrc: browser.ssrc }, frame)),
      );
      seq += 1;
    };
    return { leg: leg.id, way, firstSeq: seq, say };
  };

/** RTP over a rough way to a leg of a relay on real sockets, which is joined to Bob's. */
async function scene(kind: Kind, seed: number) {
  const connected = new Set<LegId>();
  const relay: MediaRelay = relayInProcess({
    plain: { bind: network, ports: [10_000, 10_099] },
    browser: { hosts: [network], ports: [20_000, 20_099] },
  });
  onTestFinished(() => relay.close());
  const session = await relay.open({ onConnected: (leg) => connected.add(leg) });
  const far = await kind(session, seed);
  onTestFinished(() => far.way.close());
  const [bob, leg] = await talking(session, network);
  onTestFinished(() => bob.close());
  await session.join(far.leg, leg.id);
  return { relay, session, far, bob, isConnected: () => connected.has(far.leg) };
}

const kinds: readonly (readonly [string, Kind, isKeyedByHandshake: boolean, isEncrypted: boolean])[] = [
  ["RTP", overRtp(false), false, false],
  ["RTP with keys in the SDP", overRtp(true), false, true],
  ["WebRTC with AES-CM", overWebRtc("aes-cm"), true, true],
  ["WebRTC with AES-GCM", overWebRtc("aes-gcm"), true, true],
];

describe.each(kinds)(
  "over real sockets and a way that loses, repeats and delays, %s",
  (_, kind, isKeyed, isEncrypted) => {
    test.each([1, 2, 3])("what leaves is what came, each once, and is counted as it came (seed %i)", async (seed) => {
      const { relay, session, far, bob, isConnected } = await scene(kind, seed);
      if (isKeyed) await expect.poll(isConnected).toBe(true);
      const before = (await relay.counters()).refused["not-authentic"] ?? 0;
      const said = frames(300, seed);
      for (const frame of said) {
        far.say(frame);
        await setTimeout(paceMs);
      }
      await far.way.calm();
      const { placed, fresh, late, span, whole } = judged(far.way.passed);
      await bob.hearing(whole.length);
      expect(bob.heard).toEqual(whole.map(({ seq }) => said[(seq - far.firstSeq) & 0xffff]));
      const received = (await session.statistics()).find(({ leg }) => leg === far.leg)?.received;
      const repeats = placed.length - fresh.length;
      const [duplicated, replayed] = isEncrypted ? [0, repeats] : [repeats, 0];
      expect(received).toMatchObject({
        packets: placed.length - replayed,
        lost: span - whole.length,
        late: late.length,
        duplicated,
      });
      expect(((await relay.counters()).refused["not-authentic"] ?? 0) - before).toBe(replayed);
      expect([late.length, repeats, span - whole.length].every((count) => count > 0)).toBe(true);
    });
  },
);
