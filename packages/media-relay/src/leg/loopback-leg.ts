import type { Address, DatagramSocket } from "../kernel/datagrams.ts";
import type { Moment } from "../kernel/moment.ts";
import type { Tally } from "../kernel/refusals.ts";
import type { PortPool } from "../socket/port-pool.ts";
import { acceptNobody, acceptOnlyFrom, type Ingress } from "../stage/latch.ts";
import type { Sink } from "../stage/stage.ts";
import type { JoinEnd, LegContext } from "./leg.ts";

/** Never leaves the machine. */
const here = "127.0.0.1";

/**
 * One end of a splice between two threads: what it is given leaves for the other end as it is, in the form that legs hand to
 * each other, and what comes from there is handed on. The legs at both ends meter, report and renumber; this one does not.
 */
export class LoopbackLeg implements JoinEnd {
  readonly #tally: Tally;
  readonly #moment: Moment;
  #socket: DatagramSocket | undefined;
  #to: Address | undefined;
  #onDatagram: Ingress;
  #target: Sink | undefined;
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

  readonly send: Sink = (packet) => {
    if (this.#to !== undefined) this.#socket?.send(packet, this.#to);
  };

  joinTo(target: Sink | undefined): void {
    this.#target = target;
  }

  async close(): Promise<void> {
    this.#target = undefined;
    this.#socket?.close();
    this.#socket = undefined;
  }

  #handOn(packet: Uint8Array): void {
    this.#moment.mark();
    if (this.#target === undefined) this.#tally.refuse("not-joined");
    else this.#target(packet);
  }
}
