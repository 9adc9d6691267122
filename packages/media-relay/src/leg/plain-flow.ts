import type { Address } from "../kernel/datagrams.ts";
import type { Tally } from "../kernel/refusals.ts";
import type { Networks } from "../socket/networks.ts";
import {
  type Awaited,
  acceptFirst,
  acceptNobody,
  acceptOnlyFrom,
  type Ingress,
  isSameAddress,
  type Proof,
} from "../stage/latch.ts";
import type { Sink } from "../stage/stage.ts";
import { unprotect } from "../stage/unprotect.ts";

/** Who may speak on a flow. */
export type FlowGuard = {
  /** The networks from which the peer may speak instead of where the SDP says; without them it may only from there. */
  readonly allows: Networks | undefined;
  /** Decrypts, where the flow is encrypted; nothing for what is not authentic. */
  readonly open: ((bytes: Uint8Array) => Uint8Array | undefined) | undefined;
};

/** What was agreed about one flow, and what becomes of its packets. */
export type FlowPlan = FlowGuard & {
  /** Where the SDP says that the peer is. */
  readonly remote: Address;
  readonly proof: Proof;
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

  /** Takes what was agreed. */
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
    const place = `${plan.remote.address} ${plan.remote.port}`;
    if (place !== this.#place || plan.allows === undefined) this.#latched = undefined;
    this.#place = place;
    if (plan.allows === undefined) this.#settle(plan.remote, plan);
    else if (this.#latched !== undefined) this.#settle(this.#latched, plan);
    else this.#await(plan, plan.allows);
  }

  #settle(source: Address, { open, next }: FlowPlan): void {
    const opened = open === undefined ? next : unprotect(open, this.#tally)(next);
    this.#bind(source, acceptOnlyFrom(source, this.#tally, opened));
  }

  #await(plan: FlowPlan, allows: Networks): void {
    const awaited: Awaited = {
      allows: (from) => isSameAddress(from, plan.remote) || allows(from.address),
      open: plan.open,
      proof: plan.proof,
      onLatched: ({ address, port }) => {
        this.#latched = { address, port };
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
