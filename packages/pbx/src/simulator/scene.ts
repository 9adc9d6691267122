import { type MediaRelay, pcmuAnnouncement, relayInProcess } from "@trunkline/media-relay";
import {
  type CallEnd,
  type CallUser,
  type DatagramSocket,
  type Flow,
  type IncomingCall,
  type IncomingOffer,
  type OutgoingCall,
  type OutgoingCallUser,
  sdpBody,
  type Transport,
  type UserAgent,
  udpTransport,
  userAgent,
} from "@trunkline/sip-stack";
import { answerOffer, type Direction, makeOffer, offerAnswer, parseSdp } from "@trunkline/sip-stack/sdp";
import { FakeClock, memoryNetwork, seededRandom } from "@trunkline/sip-stack/testing";
import { afterEach, expect } from "vitest";
import { type Simulator, simulator } from "./simulator.ts";

export const connectorAt = { address: "3.80.16.13", port: 5062 };
export const pbxAt = { address: "198.51.100.204", port: 5060 };
export const rtpAt = { address: "198.51.100.204", port: 40_000 };
/** Half a second in which no frame is like another. */
export const announcement = pcmuAnnouncement(seededRandom(5)(4000));
export const owned = "+16185558387";

type SceneOptions = {
  /** What the PBX's transport does differently. */
  readonly transport?: (udp: Transport) => Transport;
  /** Fraction of all datagrams that get lost, decided by the seed. */
  readonly loss?: number;
  readonly seed?: number;
};

export type Scene = {
  readonly clock: FakeClock;
  /** Every SIP datagram as text, behind the port that it goes to. */
  readonly wire: readonly string[];
  readonly relay: MediaRelay;
  readonly connector: Simulator;
  /** What arrived at the PBX's RTP port. */
  readonly heard: Buffer[];
  readonly rtp: DatagramSocket;
  /** What the PBX does with the next calls. */
  readonly arriving: { onCall: (call: IncomingCall) => void };
  readonly pbx: UserAgent;
};
let current: Scene | undefined;

export async function scene(options: SceneOptions = {}): Promise<Scene> {
  const clock = new FakeClock();
  const network = memoryNetwork({ clock, delayMs: 1, loss: options.loss ?? 0, seed: options.seed ?? 20 });
  const random = seededRandom(20);
  const wire: string[] = [];
  network.observe(({ to, bytes }) => (to.port < 6000 ? wire.push(`${to.port} ${Buffer.from(bytes)}`) : undefined));
  const relay = relayInProcess({
    plain: { bind: connectorAt.address, ports: [20_000, 20_019] },
    browser: { hosts: [], ports: [30_000, 30_001] },
    clock,
    network,
    random,
  });
  const connector = simulator({
    binds: [connectorAt],
    announcement,
    target: pbxAt,
    owned: [owned],
    relay,
    network,
    clock,
    random,
  });
  await connector.listen();
  const heard: Buffer[] = [];
  const rtp = await network.bind(rtpAt, { onDatagram: (bytes) => heard.push(Buffer.from(bytes)), onError: () => {} });
  const arriving: { onCall: (call: IncomingCall) => void } = { onCall: (call) => call.reject(480) };
  const udp = udpTransport({ bind: pbxAt, network });
  const pbx = userAgent({
    transports: [options.transport?.(udp) ?? udp],
    user: { onCall: (call) => arriving.onCall(call), onRequest: (request) => request.respond(200) },
    clock,
    random,
  });
  await pbx.listen();
  current = { clock, wire, relay, connector, heard, rtp, arriving, pbx };
  return current;
}

/** Whatever happened before: nothing may be left of it. */
afterEach(async () => {
  if (current === undefined) return;
  const { clock, connector, relay, pbx, rtp } = current;
  await clock.advance(40_000);
  expect(connector.counters().calls).toBe(0);
  expect(connector.counters().sip.live).toEqual({ transactions: 0, dialogs: 0, calls: 0, timers: 0 });
  expect(await relay.counters()).toMatchObject({ sessions: 0, legs: 0, ports: 0, timers: 0 });
  await Promise.all([connector.close(), pbx.close(), relay.close()]);
  rtp.close();
  expect(clock.pending).toBe(0);
  current = undefined;
});

/** What a call told its user, in short. */
export class Listener implements CallUser, OutgoingCallUser {
  readonly events: string[] = [];
  sdp: string | undefined;
  end: CallEnd | undefined;

  onRinging({ status }: { readonly status: number }, sdp: string | undefined): void {
    this.events.push(sdp === undefined ? `${status}` : `${status} with SDP`);
    this.sdp = sdp ?? this.sdp;
  }
  onAnswered({ status }: { readonly status: number }, sdp: string | undefined): void {
    this.events.push(`${status}`);
    this.sdp = sdp ?? this.sdp;
  }
  /** Answers as a phone does and notes which way the offer wants sound to go. */
  onOffer(offer: IncomingOffer): void {
    this.events.push(`${offer.method} ${/^a=(sendrecv|sendonly)/m.exec(offer.sdp ?? "")?.[1]}`);
    const answered = answerOffer(offerAnswer("1"), offer.sdp ?? "", ourAudio);
    if (answered.ok) offer.accept(sdpBody(answered.value.sdp));
    else offer.reject(488);
  }
  onAnswer(): void {}
  onRequest(): void {}
  onEnded(end: CallEnd): void {
    this.end = end;
    const { by, cause } = end;
    this.events.push(
      end.by === "remote" && end.cause === "rejected"
        ? `${end.response.status} ${end.response.reason}`
        : `${by} ${cause}`,
    );
  }
}

const ourAudio = { address: rtpAt.address, rtpPort: rtpAt.port, rtcpPort: rtpAt.port + 1 };

export const ourSdp = (direction: Direction = "sendrecv"): string =>
  makeOffer(offerAnswer("1"), ourAudio, direction).sdp;

export function dial(pbx: UserAgent, to: string, from = owned): { call: OutgoingCall; listener: Listener } {
  const listener = new Listener();
  const call = pbx.call({
    uri: `sip:${to}@${connectorAt.address}:${connectorAt.port}`,
    from: `<sip:${from}@${pbxAt.address}>`,
    to: `<sip:${to}@${connectorAt.address}>`,
    destination: { transport: "udp", ...connectorAt },
    body: sdpBody(ourSdp()),
    reach: () => true,
    user: listener,
  });
  return { call, listener };
}

const speech = (seq: number): Buffer => {
  const header = Buffer.from([0x80, 0, 0, seq, 0, 0, 0, 0, 1, 2, 3, 4]);
  header.writeUInt32BE(seq * 160, 4);
  return Buffer.concat([header, Buffer.from(seededRandom(seq)(160))]);
};
export const payloads = (packets: readonly Buffer[]): readonly string[] =>
  packets.filter((packet) => (packet[1]! & 0x7f) === 0).map((packet) => packet.toString("hex", 12));

/** Twenty frames at 20 ms; gives what came back while they were spoken. */
export async function speakAndHear(
  { clock, rtp, heard }: Scene,
  sdp: string | undefined,
  firstSeq = 0,
): Promise<{ said: readonly string[]; came: readonly string[] }> {
  const parsed = parseSdp(sdp ?? "");
  const audio = parsed.ok ? parsed.value.audio : undefined;
  const said = Array.from({ length: 20 }, (_, index) => speech(firstSeq + index));
  heard.length = 0;
  for (const packet of said) {
    rtp.send(packet, { address: audio?.address ?? "", port: audio?.port ?? 0 });
    await clock.advance(20);
  }
  return { said: payloads(said), came: payloads(heard) };
}

/** One key pressed for 100 ms: RTP events (RFC 4733) under payload type 101, the last three saying that it is over. */
export async function pressKey({ clock, rtp }: Scene, sdp: string | undefined, event: number): Promise<void> {
  const parsed = parseSdp(sdp ?? "");
  const audio = parsed.ok ? parsed.value.audio : undefined;
  for (const [at, isOver] of [false, false, false, false, true, true, true].entries()) {
    const packet = Buffer.from([0x80, 101, 0, 200 + at, 0, 1, 0, 0, 1, 2, 3, 4, event, isOver ? 0x8a : 0x0a, 0, 0]);
    packet.writeUInt16BE(160 * Math.min(5, at + 1), 14);
    rtp.send(packet, { address: audio?.address ?? "", port: audio?.port ?? 0 });
    await clock.advance(20);
  }
}

export const first = (wire: readonly string[], start: string): string =>
  wire.find((text) => text.startsWith(start)) ?? "";
export const lineOf = (text: string, name: string): string =>
  text.split("\r\n").find((line) => line.startsWith(`${name}:`)) ?? "";

/** A PBX that ignores Record-Route: its ACK goes to the private Contact. */
export function withoutRecordRoute(udp: Transport): Transport {
  const listen: Transport["listen"] = (sink) =>
    udp.listen({
      onMessage: (bytes: Uint8Array, flow: Flow) => {
        const text = Buffer.from(bytes)
          .toString("latin1")
          .replaceAll(/^Record-Route: .*\r\n/gm, "");
        sink.onMessage(Buffer.from(text, "latin1"), flow);
      },
      onFailure: (flow, cause) => sink.onFailure(flow, cause),
      onClosed: (flow) => sink.onClosed(flow),
      onRefused: (flow, why) => sink.onRefused(flow, why),
    });
  return {
    kind: udp.kind,
    reliable: udp.reliable,
    get local() {
      return udp.local;
    },
    send: (bytes, to) => udp.send(bytes, to),
    listen,
    flowTo: (remote) => udp.flowTo(remote),
    close: () => udp.close(),
  };
}
