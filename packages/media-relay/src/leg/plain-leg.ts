import type { Address, DatagramSink } from "../kernel/datagrams.ts";
import type { PayloadTypes } from "../packet/payload-types.ts";
import type { PortPool, SocketPair } from "../socket/port-pool.ts";
import { acceptNobody, acceptOnlyFrom, type Ingress } from "../stage/latch.ts";
import type { Sink } from "../stage/stage.ts";
import type { Direction, JoinableLeg, LegContext, LegId, LegStatistics, Silence } from "./leg.ts";
import { RtpEnd } from "./rtp-end.ts";

/** The other side of a plain RTP leg, as its SDP says it. `direction` is ours. */
export type PlainRemote = {
  readonly address: string;
  readonly rtpPort: number;
  readonly rtcpPort: number;
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
  #remote: { readonly rtp: Address; readonly rtcp: Address } | undefined;
  #onRtp: Ingress;
  #onRtcp: Ingress;
  private constructor(context: LegContext) {
    this.id = context.id;
    this.#context = context;
    this.#onRtp = acceptNobody(context.tally);
    this.#onRtcp = this.#onRtp;
    this.#end = new RtpEnd(context, {
      rtp: (packet) => this.#remote && this.#sockets?.rtp.send(packet, this.#remote.rtp),
      rtcp: (bytes) => this.#remote && this.#sockets?.rtcp.send(bytes, this.#remote.rtcp),
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

  /** Takes what the SDP agreed; again after each renegotiation. */
  connect(remote: PlainRemote): void {
    const { address, rtpPort, rtcpPort } = remote;
    const { tally } = this.#context;
    const [rtp, rtcp] = [
      { address, port: rtpPort },
      { address, port: rtcpPort },
    ];
    // To the kernel an unspecified address means this machine; in SDP it means nobody (RFC 3264 section 8.4).
    this.#remote = isUnspecified(address) ? undefined : { rtp, rtcp };
    this.#end.agree(remote);
    this.#onRtp = acceptOnlyFrom(rtp, tally, this.#end.receive);
    this.#onRtcp = acceptOnlyFrom(rtcp, tally, (bytes) => this.#end.receiveRtcp(bytes));
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

  // An ICMP "port unreachable" is no end of a call: the silence watch decides.
  readonly #rtpSink: DatagramSink = { onDatagram: (bytes, from) => this.#onRtp(bytes, from), onError: () => {} };
  readonly #rtcpSink: DatagramSink = { onDatagram: (bytes, from) => this.#onRtcp(bytes, from), onError: () => {} };
}

const isUnspecified = (address: string): boolean => address === "0.0.0.0" || address === "::";
