import {
  type CallEnd,
  type CallUser,
  type IncomingOffer,
  type IncomingRequest,
  type IncomingTransfer,
  parseUri,
  type Call as SipCall,
} from "@trunkline/sip-stack";
import type { Party } from "../domain/party.ts";
import type { MediaLeg, MediaPeer } from "../media/leg.ts";

/** Hears what happens on a leg. */
export interface LegOwner {
  legOffered(leg: CallLeg, offer: IncomingOffer): void;
  /** The answer to an offer of ours that a 200 had. */
  legAnswered(leg: CallLeg, sdp: string): void;
  legAsked(leg: CallLeg, request: IncomingRequest): void;
  legTransfers(leg: CallLeg, transfer: IncomingTransfer): void;
  legEnded(leg: CallLeg, end: CallEnd): void;
  /** Its address has failed; the next one is tried with the same sound. */
  legPassed(leg: CallLeg): void;
  legAckLate(leg: CallLeg, contact: string): void;
}

/** What a leg is from the start. */
export type LegStart = {
  /** `a` is the caller, `b1`, `b2` ... the targets; a letter on for each transfer and each takeover. */
  readonly id: string;
  readonly party: Party;
  readonly peer: MediaPeer;
  readonly owner: LegOwner;
};

/**
 * One side of a call: a party, its SIP dialog and its sound, each of its own. It may move to another call: then that one
 * hears what happens on it.
 */
export class CallLeg {
  /** Its name in the call that it is in. */
  id: string;
  readonly party: Party;
  readonly peer: MediaPeer;
  owner: LegOwner;
  sip!: SipCall;
  /** Its sound, once that is open. */
  media: MediaLeg | undefined;
  /** Whether our last re-INVITE about a hold has put the peer on hold. */
  isToldHeld = false;

  constructor({ id, party, peer, owner }: LegStart) {
    this.id = id;
    this.party = party;
    this.peer = peer;
    this.owner = owner;
  }

  /** Whether it is this user who speaks over it. */
  isOf(user: string): boolean {
    return this.party.kind === "user" && this.party.user === user;
  }

  /** Whether this is the phone of a user's that shows a Contact; in a call it may write parameters of its own into it. */
  isAt(user: string, contact: string): boolean {
    if (!this.isOf(user)) return false;
    const [own, other] = [parseUri(this.sip.remoteTarget ?? ""), parseUri(contact)];
    return own.ok && other.ok && own.value.user === other.value.user && own.value.host === other.value.host;
  }

  /** What its dialog reports to. The trunk transfers nobody. */
  get user(): CallUser {
    return {
      onOffer: (offer) => this.owner.legOffered(this, offer),
      onAnswer: (sdp) => this.owner.legAnswered(this, sdp),
      onRequest: (request) => this.owner.legAsked(this, request),
      ...(this.party.kind === "user" && { onTransfer: (transfer) => this.owner.legTransfers(this, transfer) }),
      onEnded: (end) => this.owner.legEnded(this, end),
      onAckLate: (contact) => this.owner.legAckLate(this, contact),
    };
  }
}
