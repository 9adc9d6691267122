import type { Address, DatagramSink } from "../kernel/datagrams.ts";
import type { Moment } from "../kernel/moment.ts";
import type { Tally } from "../kernel/refusals.ts";
import type { PayloadTypes } from "../packet/payload-types.ts";
import { kindOfDatagram } from "../socket/first-byte.ts";
import { networksOf } from "../socket/networks.ts";
import type { PortPool, SocketPair } from "../socket/port-pool.ts";
import type { SrtpKeys } from "../srtp/keys.ts";
import { type Ingress, isSameAddress, rtcpProof, rtpProof } from "../stage/latch.ts";
import type { Sink } from "../stage/stage.ts";
import { unprotect } from "../stage/unprotect.ts";
import { Candidates } from "./candidates.ts";
import type { Direction, JoinableLeg, JoinEnd, LegContext, LegId, LegStatistics } from "./leg.ts";
import { type FlowGuard, PlainFlow } from "./plain-flow.ts";
import { Protection } from "./protection.ts";
import { RtpEnd } from "./rtp-end.ts";
import type { SilenceNotice } from "./silence.ts";

/** The other side of a plain RTP leg, as its SDP says it. `direction` is ours; `rtcpPort` 0: it takes no reports. */
export type PlainRemote = {
  /** An IP address. A name is not looked up: nothing is sent until the peer has been heard (`latch`). */
  readonly address: string;
  readonly rtpPort: number;
  readonly rtcpPort: number;
  /** Where `a=rtcp` names an address of its own (RFC 3605 section 2.1). */
  readonly rtcpAddress?: string;
  /** RTP and RTCP share the RTP port, on both sides (RFC 5761 section 5.1.1); `rtcpPort` means nothing then. */
  readonly rtcpMux?: boolean;
  /**
   * The networks (`203.0.113.0/24`, or one address) from which the peer may send although its SDP names another place: the
   * trunk's range, or the address that a device's authenticated signalling comes from. Such a sender is heard while nothing
   * comes from the place that the SDP names, after several packets in sequence; that place is heard at once whenever it
   * speaks. Once it was heard, only its address on another port can follow it. Without networks only that place may send.
   */
  readonly latch?: readonly string[];
  /**
   * Where what we send goes while such a sender is heard: to it (`source`, the default: symmetric RTP, RFC 4961, for a peer
   * behind a NAT), or where the SDP says (`named`, for a peer that can be reached there).
   */
  readonly sendTo?: "source" | "named";
  /**
   * The keys of an encrypted leg, from both sides' crypto attributes (RFC 4568). A direction whose key a renegotiation keeps
   * goes on where it was; without keys the leg is in clear.
   */
  readonly srtp?: SrtpKeys;
  readonly send: PayloadTypes;
  readonly receive: PayloadTypes;
  readonly direction: Direction;
};

/** Where a plain leg receives. */
export type PlainLocal = { readonly address: string; readonly rtpPort: number; readonly rtcpPort: number };

/** RTP over UDP, in clear or with SDES keys: a trunk, a device. RTP on an even port, RTCP on the odd one above. */
export class PlainLegCore implements JoinableLeg {
  readonly id: LegId;
  readonly send: Sink;
  readonly #tally: Tally;
  readonly #moment: Moment;
  readonly #end: RtpEnd;
  readonly #rtp: PlainFlow;
  readonly #rtcp: PlainFlow;
  readonly #protection: Protection;
  #sockets: SocketPair | undefined;
  #isMultiplexed = false;
  #onRtp: Ingress;
  #hearRtcp: Sink = (bytes) => this.#end.receiveRtcp(bytes);
  #sealRtp: Seal = asItIs;
  #sealRtcp: Seal = asItIs;
  private constructor(context: LegContext) {
    this.id = context.id;
    this.#tally = context.tally;
    this.#moment = context.moment;
    this.#rtp = new PlainFlow(context, { silentMs: 1000, prove: new Candidates(context.tally).prove });
    this.#rtcp = new PlainFlow(context, { silentMs: 15_000, prove: this.#proveReport });
    this.#protection = new Protection(() => context.tally.refuse("too-many-sources"));
    this.#onRtp = this.#rtp.take;
    this.#end = new RtpEnd(context, {
      rtp: (packet) => this.#rtp.to && this.#sockets?.rtp.send(this.#sealRtp(packet), this.#rtp.to),
      rtcp: (bytes) => this.#sendRtcp(bytes),
      onFirstPacket: () => context.reports.onConnected(),
    });
    this.send = this.#end.send;
  }

  /** Binds a pair of ports. Rejects with MEDIA_NO_PORT. */
  static async open(context: LegContext, pool: PortPool, address: string): Promise<PlainLegCore> {
    const leg = new PlainLegCore(context);
    leg.#sockets = await pool.takePair(address, leg.#rtpSink, leg.#rtcpSink);
    return leg;
  }

  get local(): PlainLocal {
    const { rtp, rtcp } = this.#sockets!;
    return { address: rtp.local.address, rtpPort: rtp.local.port, rtcpPort: rtcp.local.port };
  }

  /** Takes what the SDP agreed; again after each renegotiation. @throws RemoteInvalid, with everything left as it was */
  connect(remote: PlainRemote): void {
    const allows = remote.latch && networksOf(remote.latch);
    const follows = remote.sendTo !== "named";
    const protectors = this.#protection.agree(remote.srtp);
    this.#sealRtp = protectors?.sealing.protectRtp ?? asItIs;
    this.#sealRtcp = protectors?.sealing.protectRtcp ?? asItIs;
    this.#connectRtp(remote, { allows, follows, open: protectors?.opening.unprotectRtp });
    this.#connectRtcp(remote, { allows, follows, open: protectors?.opening.unprotectRtcp });
    this.#end.agree({ ...remote, hasReports: remote.rtcpPort !== 0 || remote.rtcpMux === true });
  }

  get roundTripMs(): number | undefined {
    return this.#end.roundTripMs;
  }
  joinTo(target: Sink | undefined, end?: JoinEnd): void {
    this.#end.joinTo(target, end);
  }
  sweep(nowMs: number): SilenceNotice | undefined {
    return this.#end.sweep(nowMs);
  }
  expectMedia(): void {
    this.#end.expectMedia();
  }
  press(event: number, durationMs: number): boolean {
    return this.#end.press(event, durationMs);
  }
  statistics(): LegStatistics {
    return this.#end.statistics("plain");
  }
  async close(): Promise<void> {
    this.#end.close();
    this.#sockets?.rtp.close();
    this.#sockets?.rtcp.close();
    this.#sockets = undefined;
  }

  #connectRtp({ address, rtpPort: port, receive, send }: PlainRemote, guard: FlowGuard): void {
    this.#rtp.connect({ ...guard, remote: { address, port }, proof: rtpProof(receive, send), next: this.#end.receive });
  }

  #connectRtcp(
    { address, rtcpAddress = address, rtcpPort: port, rtcpMux = false }: PlainRemote,
    guard: FlowGuard,
  ): void {
    this.#isMultiplexed = rtcpMux;
    this.#onRtp = rtcpMux ? this.#sort : this.#rtp.take;
    const next: Sink = (bytes) => {
      this.#moment.mark();
      this.#end.receiveRtcp(bytes);
    };
    this.#hearRtcp = guard.open === undefined ? next : unprotect(guard.open, this.#tally)(next);
    if (rtcpMux) this.#rtcp.disconnect();
    else this.#rtcp.connect({ ...guard, remote: { address: rtcpAddress, port }, proof: rtcpProof, next });
  }

  #sendRtcp(bytes: Uint8Array): void {
    const [flow, socket] = this.#isMultiplexed ? [this.#rtp, this.#sockets?.rtp] : [this.#rtcp, this.#sockets?.rtcp];
    if (flow.to !== undefined) socket?.send(this.#sealRtcp(bytes), flow.to);
  }

  /** RTP and RTCP of one port: reports come only from where the RTP does. */
  readonly #sort: Ingress = (bytes, from) => {
    if (kindOfDatagram(bytes) !== "rtcp") this.#rtp.take(bytes, from);
    else if (this.#rtp.source !== undefined && isSameAddress(from, this.#rtp.source)) this.#hearRtcp(bytes);
    else this.#tally.refuse("wrong-source");
  };

  /** Reports are too rare to come in sequence: they may come from the address that the RTP does, on any port. */
  readonly #proveReport = (bytes: Uint8Array, { address }: Address): readonly Uint8Array[] => {
    if (address === this.#rtp.source?.address) return [bytes];
    this.#tally.refuse("unproven-source");
    return [];
  };

  // An ICMP "port unreachable" is no end of a call: the silence watch decides.
  readonly #rtpSink: DatagramSink = { onDatagram: (bytes, from) => this.#onRtp(bytes, from), onError: () => {} };
  readonly #rtcpSink: DatagramSink = { onDatagram: (bytes, from) => this.#rtcp.take(bytes, from), onError: () => {} };
}

type Seal = (packet: Uint8Array) => Uint8Array;

const asItIs: Seal = (packet) => packet;
