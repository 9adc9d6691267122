import type { MediaSession, SessionUser, SpliceEnd } from "@trunkline/media-relay";
import type { Clock, OriginOf, UserAgent } from "@trunkline/sip-stack";
import type { UserName } from "../domain/names.ts";
import type { Party, UserParty } from "../domain/party.ts";
import type { ChargedCall } from "../guard/account.ts";
import type { DialogPeer } from "../identity/origin.ts";
import type { Ending } from "../kernel/ending.ts";
import type { Journal } from "../kernel/journal.ts";
import type { WallClock } from "../kernel/time.ts";
import type { MediaLeg, MediaPeer } from "../media/leg.ts";
import type { CallRecord, OpenRecord } from "../store/history.ts";
import type { Targets } from "./find-targets.ts";
import type { CallLeg } from "./leg.ts";

/** A call that a user may place: whom it is for, and who is rung for it. */
export type Placement = {
  readonly to: string;
  readonly ringSeconds: number;
  readonly isPaid: boolean;
  find(): Promise<Targets>;
};

/** Who asks for a transfer, of whom, in a call for which number of ours. */
export type TransferOf = {
  readonly by: UserParty;
  readonly other: Party;
  /** The number of ours that was called, or that the one who asks shows when calling. */
  readonly number: string;
};

/** Another call, as one sees it that may take its party over. */
export interface OtherCall {
  readonly setup: { readonly id: string };
  /** The two who talk in it; `undefined` while nobody does. */
  readonly talk: { other(leg: CallLeg): CallLeg } | undefined;
}

/** What calls need of the rest of the server. */
export type CallServices = {
  readonly agent: Pick<UserAgent, "call">;
  readonly clock: Clock;
  readonly wallClock: WallClock;
  readonly journal: Journal;
  /** The host of our own addresses towards trunk and peers. */
  readonly publicAddress: string;
  /** How long somebody may be on hold. */
  readonly holdMs: number;
  /** Whether the trunk is told when its party is put on hold. */
  readonly signalsHold: boolean;
  /** Where the requests of a dialog may come from. */
  originOf(peer: DialogPeer): OriginOf;
  openSession(user: SessionUser): Promise<MediaSession>;
  mediaLeg(session: MediaSession, peer: MediaPeer): Promise<MediaLeg>;
  /** Why a peer's offer cannot be answered; `undefined` when it can. Opens nothing. */
  offerFault(peer: MediaPeer, offer: string): string | undefined;
  /** Joins legs of two sessions until either is joined elsewhere. */
  splice(a: SpliceEnd, b: SpliceEnd): Promise<unknown>;
  /** Whom a transfer's target means and who is rung for it, or why it may not be. */
  placeTransfer(transfer: TransferOf, target: string): Placement | { readonly refusal: Ending };
  /** Why two parties may not be joined by a transfer; `undefined`: they may. */
  refusalOfJoin(transfer: TransferOf, target: Party): Ending | undefined;
  /** The devices of a user to whom a transfer comes back. */
  placeReturn(user: UserName): Placement;
  /** The call and the leg that the value of a Replaces header names, RFC 3891. */
  legNamed(replaces: string): { readonly call: OtherCall; readonly leg: CallLeg } | undefined;
  /** Charges a call over the trunk to a user's minutes from now until the returned function is called. */
  chargeMinutes(user: UserName, call: ChargedCall): () => void;
  /** A call has begun, or was answered. */
  onProgress(record: OpenRecord): void;
  /** A call is over, with everything of it closed. */
  onOver(record: CallRecord): void;
};
