import type { DatagramSink } from "../kernel/datagrams.ts";
import type { PayloadTypes } from "../packet/payload-types.ts";
import { kindOfDatagram } from "../socket/first-byte.ts";
import type { PortPool, SocketPair } from "../socket/port-pool.ts";
import { type Ingress, isSameAddress, rtcpProof, rtpProof } from "../stage/latch.ts";
import type { Sink } from "../stage/stage.ts";
import type { Direction, JoinableLeg, LegContext, LegId, LegStatistics, Silence } from "./leg.ts";
import { PlainFlow } from "./plain-flow.ts";
import { RtpEnd } from "./rtp-end.ts";

/** The other side of a plain RTP leg, as its SDP says it. `direction` is ours. */
export type PlainRemote = {
  readonly address: string;
  readonly rtpPort: number;
  readonly rtcpPort: number;
  /** Where `a=rtcp` names an address of its own (RFC 3605 section 2.1). */
  readonly rtcpAddress?: string;
  /** RTP and RTCP share the RTP port, on both sides (RFC 5761 section 5.1.1); `rtcpPort` means nothing then. */
  readonly rtcpMux?: boolean;
  /**
   * The networks (`203.0.113.0/24`, or one address) from which the peer may send although its SDP names another place: the
   * trunk's range, or the address that a device's authenticated signalling comes from. The first valid packet from there says
   * where the peer is; nothing from elsewhere is taken any more, and what is sent goes there. Only a `connect` that names
   * another place arms this anew. Without it only `address` and port may send.
   */
  readonly latch?: readonly string[];
  readonly send: PayloadTypes;
  readonly receive: PayloadTypes;
  readonly direction: Direction;
};

/** Where a plain leg receives. */
export type PlainLocal = { readonly address: string; readonly rtpPort: number; readonly rtcpPort: number };

/** RTP over UDP in clear: a trunk. RTP on an even port, RTCP on the odd one above. */
export class PlainLegCore implements JoinableLeg {
  readonly id: LegId;
  readonly send: Sink;
  readonly #context: LegContext;
  readonly #end: RtpEnd;
  #sockets: SocketPair | undefined;
  readonly #rtp: PlainFlow;
  readonly #rtcp: PlainFlow;
  #onRtp: Ingress;
  #isMultiplexed = false;
  private constructor(context: LegContext) {
    this.id = context.id;
    this.#context = context;
    this.#rtp = new PlainFlow(context.tally);
    this.#rtcp = new PlainFlow(context.tally);
    this.#onRtp = this.#rtp.take;
    this.#end = new RtpEnd(context, {
      rtp: (packet) => this.#rtp.to && this.#sockets?.rtp.send(packet, this.#rtp.to),
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

  /** Takes what the SDP agreed; again after each renegotiation. @throws RemoteInvalid */
  connect(remote: PlainRemote): void {
    const { address, rtpPort, latch, rtcpMux = false } = remote;
    this.#rtp.connect({
      remote: { address, port: rtpPort },
      ...(latch !== undefined && { latch }),
      proof: rtpProof(remote.receive),
      next: this.#end.receive,
    });
    this.#isMultiplexed = rtcpMux;
    this.#onRtp = rtcpMux ? this.#sort : this.#rtp.take;
    if (rtcpMux) this.#rtcp.disconnect();
    else this.#connectRtcp(remote);
    this.#end.agree(remote);
  }

  joinTo(target: Sink | undefined): void {
    this.#end.joinTo(target);
  }
  sweep(nowMs: number): Silence | undefined {
    return this.#end.sweep(nowMs);
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

  #connectRtcp({ address, rtcpAddress = address, rtcpPort, latch }: PlainRemote): void {
    this.#rtcp.connect({
      remote: { address: rtcpAddress, port: rtcpPort },
      ...(latch !== undefined && { latch }),
      proof: rtcpProof,
      next: this.#hearRtcp,
    });
  }

  #sendRtcp(bytes: Uint8Array): void {
    const [flow, socket] = this.#isMultiplexed ? [this.#rtp, this.#sockets?.rtp] : [this.#rtcp, this.#sockets?.rtcp];
    if (flow.to !== undefined) socket?.send(bytes, flow.to);
  }

  readonly #hearRtcp: Sink = (bytes) => this.#end.receiveRtcp(bytes);

  /** RTP and RTCP of one port: reports come only from where the RTP does. */
  readonly #sort: Ingress = (bytes, from) => {
    if (kindOfDatagram(bytes) !== "rtcp") this.#rtp.take(bytes, from);
    else if (this.#rtp.to !== undefined && isSameAddress(from, this.#rtp.to)) this.#hearRtcp(bytes);
    else this.#context.tally.refuse("wrong-source");
  };

  // An ICMP "port unreachable" is no end of a call: the silence watch decides.
  readonly #rtpSink: DatagramSink = { onDatagram: (bytes, from) => this.#onRtp(bytes, from), onError: () => {} };
  readonly #rtcpSink: DatagramSink = { onDatagram: (bytes, from) => this.#rtcp.take(bytes, from), onError: () => {} };
}
