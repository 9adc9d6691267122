import type { Address } from "../kernel/datagrams.ts";
import type { Tally } from "../kernel/refusals.ts";
import { networksOf } from "../socket/networks.ts";
import { acceptFirst, acceptNobody, acceptOnlyFrom, type Ingress, isSameAddress, type Proof } from "../stage/latch.ts";
import type { Sink } from "../stage/stage.ts";
import { unprotect } from "../stage/unprotect.ts";

/** What was agreed about one flow, and what becomes of its packets. */
export type FlowPlan = {
  /** Where the SDP says that the peer is. */
  readonly remote: Address;
  /** The networks from which the peer may speak instead; without them only `remote` may. */
  readonly latch?: readonly string[];
  readonly proof: Proof;
  /** Decrypts, where the flow is encrypted. */
  readonly open?: (bytes: Uint8Array) => Uint8Array | undefined;
  readonly next: Sink;
};

/**
 * One flow of a plain leg, RTP or RTCP: where its peer is, and who may speak. A latched source stays over every plan that
 * names the same place, a hold by `0.0.0.0` in between included; another place arms the latch anew.
 */
export class PlainFlow {
  readonly #tally: Tally;
  #place: string | undefined;
  #latched: Address | undefined;
  #to: Address | undefined;
  #take: Ingress;
  constructor(tally: Tally) {
    this.#tally = tally;
    this.#take = acceptNobody(tally);
  }

  /** Where what is sent goes; `undefined`: nowhere. */
  get to(): Address | undefined {
    return this.#to;
  }

  /** Takes a datagram from the network. */
  readonly take: Ingress = (bytes, from) => this.#take(bytes, from);

  /** Takes what was agreed. @throws RemoteInvalid, with everything left as it was, when a network is none. */
  connect(plan: FlowPlan): void {
    // To the kernel an unspecified address means this machine; in SDP it means nobody (RFC 3264 section 8.4).
    if (isUnspecified(plan.remote.address)) this.#bind(undefined, acceptOnlyFrom(plan.remote, this.#tally, plan.next));
    else this.#aim(plan);
  }

  /** Nobody may speak, and nothing is sent. */
  disconnect(): void {
    this.#place = undefined;
    this.#latched = undefined;
    this.#bind(undefined, acceptNobody(this.#tally));
  }

  #aim(plan: FlowPlan): void {
    const isAllowed = plan.latch === undefined ? undefined : networksOf(plan.latch);
    const place = JSON.stringify([plan.remote.address, plan.remote.port, plan.latch]);
    if (place !== this.#place) this.#latched = undefined;
    this.#place = place;
    if (this.#latched !== undefined || isAllowed === undefined) this.#settle(this.#latched ?? plan.remote, plan);
    else this.#await(plan, isAllowed);
  }

  #settle(source: Address, { open, next }: FlowPlan): void {
    const opened = open === undefined ? next : unprotect(open, this.#tally)(next);
    this.#bind(source, acceptOnlyFrom(source, this.#tally, opened));
  }

  #await(plan: FlowPlan, isAllowed: (address: string) => boolean): void {
    const awaited = {
      allows: (from: Address) => isSameAddress(from, plan.remote) || isAllowed(from.address),
      ...(plan.open !== undefined && { open: plan.open }),
      proof: plan.proof,
      onLatched: (source: Address) => {
        this.#latched = { address: source.address, port: source.port };
        this.#settle(this.#latched, plan);
      },
    };
    this.#bind(plan.remote, acceptFirst(awaited, this.#tally, plan.next));
  }

  #bind(to: Address | undefined, take: Ingress): void {
    this.#to = to;
    this.#take = take;
  }
}

const isUnspecified = (address: string): boolean => address === "0.0.0.0" || address === "::";
