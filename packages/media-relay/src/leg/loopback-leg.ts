import type { Address, DatagramSocket } from "../kernel/datagrams.ts";
import type { Moment } from "../kernel/moment.ts";
import type { Tally } from "../kernel/refusals.ts";
import type { PortPool } from "../socket/port-pool.ts";
import { acceptNobody, acceptOnlyFrom, type Ingress } from "../stage/latch.ts";
import type { Sink } from "../stage/stage.ts";
import type { JoinEnd, LegContext } from "./leg.ts";

/** Never leaves the machine. */
const here = "127.0.0.1";
/** How often the other end is told the round trip to the peer behind this one. */
const reportMs = 1000;

/**
 * One end of a splice between two threads: what it is given leaves for the other end as it is, in the form that legs hand to
 * each other, and what comes from there is handed on. The legs at both ends meter, report and renumber; this one does not.
 * Once a second the round trip to the peer behind this end goes with the packets, for the ratings at the other end.
 */
export class LoopbackLeg implements JoinEnd {
  readonly #tally: Tally;
  readonly #moment: Moment;
  #socket: DatagramSocket | undefined;
  #to: Address | undefined;
  #onDatagram: Ingress;
  #target: Sink | undefined;
  #joined: JoinEnd | undefined;
  #reportedMs = Number.NEGATIVE_INFINITY;
  #roundTripMs: number | undefined;
  private constructor({ tally, moment }: Pick<LegContext, "tally" | "moment">) {
    this.#tally = tally;
    this.#moment = moment;
    this.#onDatagram = acceptNobody(tally);
  }

  /** Binds a port. Rejects with MEDIA_NO_PORT. */
  static async open(context: Pick<LegContext, "tally" | "moment">, pool: PortPool): Promise<LoopbackLeg> {
    const leg = new LoopbackLeg(context);
    const onDatagram: Ingress = (bytes, from) => leg.#onDatagram(bytes, from);
    leg.#socket = await pool.takeOne(here, { onDatagram, onError: () => {} });
    return leg;
  }

  /** Where this end receives. */
  get local(): Address {
    return this.#socket!.local;
  }

  /** Says where the other end is: nothing is taken from elsewhere. */
  connect(to: Address): void {
    this.#to = to;
    this.#onDatagram = acceptOnlyFrom(to, this.#tally, (packet) => this.#handOn(packet));
  }

  /** Between the peer behind the other end and its relay, as that has told. */
  get roundTripMs(): number | undefined {
    return this.#roundTripMs;
  }

  readonly send: Sink = (packet) => {
    if (this.#to === undefined) return;
    if (this.#moment.nowMs - this.#reportedMs >= reportMs) this.#report(this.#to);
    this.#socket?.send(packet, this.#to);
  };

  joinTo(target: Sink | undefined, end?: JoinEnd): void {
    this.#target = target;
    this.#joined = end;
    this.#reportedMs = Number.NEGATIVE_INFINITY;
  }

  #report(to: Address): void {
    const roundTripMs = this.#joined?.roundTripMs;
    if (roundTripMs === undefined) return;
    this.#reportedMs = this.#moment.nowMs;
    this.#socket?.send(pathReport.write(roundTripMs), to);
  }

  async close(): Promise<void> {
    this.#target = undefined;
    this.#socket?.close();
    this.#socket = undefined;
  }

  #handOn(packet: Uint8Array): void {
    this.#moment.mark();
    const roundTripMs = pathReport.read(packet);
    if (roundTripMs !== undefined) this.#roundTripMs = roundTripMs;
    else if (this.#target === undefined) this.#tally.refuse("not-joined");
    else this.#target(packet);
  }
}

/** Tells the other end a round trip in milliseconds. Its first octet is none of an RTP packet's. */
const pathReport = {
  write: (roundTripMs: number): Uint8Array => {
    const bytes = new Uint8Array(5);
    new DataView(bytes.buffer).setFloat32(1, roundTripMs);
    return bytes;
  },
  read: (bytes: Uint8Array): number | undefined =>
    bytes[0] === 0 && bytes.length === 5
      ? new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getFloat32(1)
      : undefined,
};
