import type { Announcement } from "@trunkline/media-relay";
import type { Credentials, IncomingCall, OriginOf, Reach } from "@trunkline/sip-stack";
import type { CallId } from "../domain/names.ts";
import type { Party } from "../domain/party.ts";
import type { MediaPeer } from "../media/leg.ts";
import type { PassedOn } from "./passed-on.ts";

/** What a call is from the start. */
export type CallSetup = {
  readonly id: CallId;
  readonly direction: "inbound" | "outbound" | "internal";
  readonly from: Party;
  /** Whom it is for: a number, or a user. */
  readonly to: string;
  readonly incoming: IncomingCall;
  /** What the caller understands. */
  readonly mediaPeer: MediaPeer;
  /** What its targets' INVITEs carry of the caller's. */
  readonly passedOn: PassedOn;
  readonly contactUser?: string;
  readonly reach?: Reach;
  /** Where the caller's requests may come from. */
  readonly originOf?: OriginOf;
  /** What the challenges of the caller's side are answered with. */
  readonly credentials?: Credentials;
  readonly ringSeconds: number;
  /** The longest that they may talk. */
  readonly talkSeconds: number;
  /** What a caller hears whom nobody answers; without it she is refused. */
  readonly announcement?: Announcement;
};
