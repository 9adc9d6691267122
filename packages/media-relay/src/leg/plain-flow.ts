import { isIP } from "node:net";
import { plainAddress } from "../kernel/address.ts";
import type { Address } from "../kernel/datagrams.ts";
import type { Moment } from "../kernel/moment.ts";
import type { Tally } from "../kernel/refusals.ts";
import type { Networks } from "../socket/networks.ts";
import { type Ingress, isSameAddress, type Proof } from "../stage/latch.ts";
import type { Sink } from "../stage/stage.ts";
import { unprotect } from "../stage/unprotect.ts";
import { EarlyPackets } from "./early-packets.ts";

/** Who may speak on a flow. */
export type FlowGuard = {
  /** The networks from which the peer may speak instead of where the SDP says; without them it may only from there. */
  readonly allows: Networks | undefined;
  /** Whether what is sent follows the peer to such a place; otherwise it goes where the SDP says. */
  readonly follows: boolean;
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

/** How a flow comes to believe that its peer is elsewhere than the SDP says. */
export type FlowRule = {
  /** For how long nothing must have come from the present place, in milliseconds. */
  readonly silentMs: number;
  /** Takes a valid packet; gives what proves that its sender is the peer, in order, this packet last; else none. */
  prove(packet: Uint8Array, from: Address): readonly Uint8Array[];
};

/** For how long the places of before are refused after the SDP has named another one: packets on their way. */
const leftForMs = 2000;

const never = Number.NEGATIVE_INFINITY;

/**
 * One flow of a plain leg, RTP or RTCP: where its peer is, and who may speak. The place that the SDP names is always heard,
 * and at once. Another one, in the allowed networks, takes its turn while nothing comes from there, once it has proved
 * itself. After the SDP's place was heard only its address on another port can: a NAT that has changed its mapping.
 */
export class PlainFlow {
  readonly #tally: Tally;
  readonly #moment: Moment;
  readonly #rule: FlowRule;
  #plan: FlowPlan | undefined;
  #next: Sink = () => {};
  /** The place that the SDP names; none before the first, nor where it names a host that nobody looks up. */
  #named: Address | undefined;
  /** Whom we listen to. */
  #source: Address | undefined;
  #lastMs = never;
  #hasHeardNamed = false;
  #left: readonly (Address | undefined)[] = [];
  #leftUntilMs = never;
  #isHeld = false;
  #early: EarlyPackets | undefined = new EarlyPackets();
  #to: Address | undefined;
  constructor({ tally, moment }: { readonly tally: Tally; readonly moment: Moment }, rule: FlowRule) {
    this.#tally = tally;
    this.#moment = moment;
    this.#rule = rule;
  }

  /** Where what is sent goes; `undefined`: nowhere. */
  get to(): Address | undefined {
    return this.#to;
  }

  /** Where the peer is heard from, or expected. */
  get source(): Address | undefined {
    return this.#source;
  }

  /** Takes a datagram from the network. `next` marks the moment. */
  readonly take: Ingress = (bytes, from) => {
    if (this.#source === undefined || !isSameAddress(from, this.#source)) return this.#consider(bytes, from);
    if (this.#early !== undefined) this.#recall(this.#source);
    this.#next(bytes);
    this.#lastMs = this.#moment.nowMs;
  };

  /** Takes what was agreed. */
  connect(plan: FlowPlan): void {
    const { open, next, allows } = plan;
    this.#moment.mark();
    this.#early?.connect(this.#moment.nowMs);
    this.#plan = plan;
    this.#next = open === undefined ? next : unprotect(open, this.#tally)(next);
    const place = { address: plainAddress(plan.remote.address), port: plan.remote.port };
    // To the kernel an unspecified address means this machine; in SDP it means nobody (RFC 3264 section 8.4).
    this.#isHeld = isUnspecified(place.address);
    if (!this.#isHeld) this.#name(isIP(place.address) === 0 ? undefined : place);
    if (allows === undefined) this.#source = this.#named;
    this.#aim();
  }

  /** Nobody may speak, and nothing is sent. */
  disconnect(): void {
    this.#plan = undefined;
    this.#early = undefined;
    this.#moment.mark();
    this.#name(undefined);
    this.#aim();
  }

  /** The SDP names this place; another one than before is where the peer is from now on. */
  #name(place: Address | undefined): void {
    if (isSamePlace(place, this.#named)) return;
    this.#left = [this.#source, this.#named];
    this.#leftUntilMs = this.#moment.nowMs + leftForMs;
    this.#named = place;
    this.#source = place;
    this.#lastMs = never;
    this.#hasHeardNamed = false;
  }

  #aim(): void {
    const to = this.#plan?.follows === true ? this.#source : this.#named;
    this.#to = this.#isHeld ? undefined : to;
  }

  /** Somebody else than the present source. */
  #consider(bytes: Uint8Array, from: Address): void {
    this.#moment.mark();
    if (this.#plan === undefined) return this.#keep(bytes, from);
    const isNamed = isSamePlace(from, this.#named);
    if (!isNamed && !this.#mayBe(from, this.#plan)) return this.#tally.refuse("wrong-source");
    const packet = this.#proven(bytes, this.#plan);
    if (packet === undefined) return;
    // Whoever has the keys needs no other proof.
    const row = isNamed || this.#plan.open !== undefined ? [packet] : this.#rule.prove(packet, from);
    if (row.length > 0) this.#settle({ address: from.address, port: from.port });
    if (row.length > 0 && this.#early !== undefined) this.#recall(from);
    for (const each of row) this.#plan.next(each);
  }

  #keep(bytes: Uint8Array, from: Address): void {
    this.#early?.keep(bytes, from, this.#moment.nowMs);
    this.#tally.refuse("not-connected");
  }

  /** The peer's first packet after the answer: those right before it are heard too, now that somebody listens. */
  #recall(source: Address): void {
    const early = this.#early;
    this.#early = undefined;
    this.#moment.mark();
    for (const bytes of early?.from(source, this.#moment.nowMs) ?? []) this.#next(bytes);
  }

  #mayBe(from: Address, { allows }: FlowPlan): boolean {
    const { nowMs } = this.#moment;
    if (nowMs - this.#lastMs < this.#rule.silentMs || allows?.(from.address) !== true) return false;
    if (nowMs < this.#leftUntilMs && this.#left.some((place) => isSamePlace(from, place))) return false;
    return !this.#wasHeardWhereNamed || from.address === this.#named?.address;
  }

  get #wasHeardWhereNamed(): boolean {
    return this.#hasHeardNamed || (this.#source === this.#named && this.#lastMs !== never);
  }

  #proven(bytes: Uint8Array, { open, proof }: FlowPlan): Uint8Array | undefined {
    const packet = open === undefined ? bytes : open(bytes);
    const fault = packet === undefined ? "not-authentic" : proof(packet);
    if (fault === undefined) return packet;
    this.#tally.refuse(fault);
    return undefined;
  }

  #settle(place: Address): void {
    this.#hasHeardNamed = this.#wasHeardWhereNamed;
    this.#source = isSamePlace(place, this.#named) ? this.#named : place;
    this.#lastMs = this.#moment.nowMs;
    this.#aim();
  }
}

const isSamePlace = (one: Address | undefined, other: Address | undefined): boolean =>
  one !== undefined && other !== undefined ? isSameAddress(one, other) : one === other;

const isUnspecified = (address: string): boolean => address === "0.0.0.0" || address === "::";
