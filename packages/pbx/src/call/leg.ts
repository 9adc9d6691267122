import type { Call as SipCall } from "@trunkline/sip-stack";
import type { Party } from "../domain/party.ts";
import type { MediaLeg } from "../media/leg.ts";

/** One side of a call: a party, its SIP dialog and its sound. Each leg has its own dialog and its own offer/answer state. */
export type CallLeg = {
  /** `a` is the caller, `b1`, `b2` ... are the targets. */
  readonly id: string;
  readonly party: Party;
  readonly sip: SipCall;
  readonly media: MediaLeg;
};
