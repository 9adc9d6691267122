import type { Credentials } from "../auth/answer.ts";
import type { RequestVerifier } from "../auth/verifier.ts";
import type { Reach } from "../dialog/next-hop.ts";
import type { SipError } from "../kernel/errors.ts";
import type { Body } from "../message/body.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import type { TransportKind } from "../transport/address.ts";
import type { Place } from "../transport/place.ts";
import type { Flow, Remote } from "../transport/transport.ts";

/** Header fields that the application adds. What the protocol itself writes (Via, tags, CSeq, Route ...) is ignored. */
export type ExtraHeaders = Iterable<readonly [name: string, value: string]>;

/** What a response carries beside what the protocol asks for. */
export type ResponseOptions = { readonly reason?: string; readonly headers?: ExtraHeaders; readonly body?: Body };

/** What a request in a dialog carries beside what the protocol asks for. */
export type RequestOptions = { readonly headers?: ExtraHeaders; readonly body?: Body };

/**
 * What became of a request: `ok` with any final response, whatever its status; else the error, with the response when
 * it was one that ends the dialog (408, 481) or a 491 that did not go away.
 */
export type Outcome =
  | { readonly ok: true; readonly response: SipResponse }
  | { readonly ok: false; readonly error: SipError; readonly response?: SipResponse };

/** A request that wants one final response. Later calls of `respond` after a final one are ignored. */
export interface IncomingRequest {
  readonly request: SipRequest;
  readonly flow: Flow;
  /** Who the sender proved to be, where the user agent's `verifierOf` named somebody to prove it to. */
  readonly username?: string | undefined;
  respond(status: number, options?: ResponseOptions): void;
}

/**
 * Where the first request of a dialog goes: a flow, an IP address of a kind of transport, or a name that is looked up
 * (RFC 3263), its places tried one after the other until one answers.
 */
export type Destination = Flow | Target | Place;

/** An IP destination without a flow yet; `host` is the name that a TLS peer's certificate must show. */
export type Target = Remote & { readonly transport: TransportKind };

/** How a call can look from outside. */
export type CallState = "early" | "confirmed" | "ended";

/** Ends a call: `status` of the rejection while it is unanswered, headers of the rejection, CANCEL or BYE. */
export type HangUpOptions = { readonly status?: number; readonly headers?: ExtraHeaders };

/** Answers the offer in the 2xx to a re-INVITE that had none; `undefined` (or a rejection) ends the call. */
export type AnswerOffer = (offer: string) => Body | undefined | Promise<Body | undefined>;

/** Makes an offer each time that one is sent: after 491 a newer one, since our answer may have come in between. */
export type MakeOffer = { readonly make: () => Promise<Body> };

/** What both kinds of call can do once there is a dialog. */
export interface Call {
  readonly callId: string;
  readonly flow: Flow;
  /** The URI of the peer's last Contact, where requests of ours are meant to go; `undefined` before there is a dialog. */
  readonly remoteTarget: string | undefined;
  readonly state: CallState;
  readonly localTag: string;
  readonly remoteTag: string | undefined;
  /** Ends the call whatever its state: CANCEL, rejection or BYE. `onEnded` follows on a later turn. Idempotent. */
  hangUp(options?: HangUpOptions): void;
  /** Sends a request in the dialog (INFO, REFER, NOTIFY, UPDATE ...). Never rejects. */
  request(method: string, options?: RequestOptions): Promise<Outcome>;
  /**
   * Asks the peer to call `target` (a URI or name-addr), RFC 3515. Never rejects; `user` hears how it goes after a 2xx.
   * Departs: the reports end with the call, though RFC 5057 would let them outlive it.
   */
  refer(target: string, options: ReferOptions): Promise<Outcome>;
  /**
   * Sends a re-INVITE with an offer, or without one for a function that answers the peer's, and ACKs its 2xx; on 491
   * tries again after RFC 3261 section 14.1's time. Rejects only with what `make` rejects with.
   */
  reinvite(offer: Body | MakeOffer | AnswerOffer): Promise<Outcome>;
  /** From now on requests of ours go over this flow: the peer has another connection than the one it began on. */
  follow(flow: Flow): void;
}

/** How a call ended. The Reason header (RFC 3326) can be read in `request` and `response`. */
export type CallEnd =
  | { readonly by: "remote"; readonly cause: "bye" | "cancel"; readonly request: SipRequest }
  | { readonly by: "remote"; readonly cause: "rejected"; readonly response: SipResponse }
  | { readonly by: "local"; readonly cause: "hung-up" }
  | Failure;

/** A call that the protocol or the network ended. */
export type Failure = {
  readonly by: "failure";
  readonly cause: "timeout" | "transport" | "ack-missing" | "next-hop-refused" | "protocol";
  readonly error: SipError;
};

/** A new offer in a dialog. To be settled once, by `accept` or `reject`; later calls are ignored. */
export interface IncomingOffer {
  /** False once it is settled, cancelled by the peer or overtaken by the end of the call. */
  readonly open: boolean;
  /** `undefined`: a re-INVITE without an offer; accept it with one of ours, the answer comes to `onAnswer`. */
  readonly sdp: string | undefined;
  readonly method: "INVITE" | "UPDATE" | "PRACK";
  readonly request: SipRequest;
  accept(body?: Body): void;
  reject(status: number, options?: ResponseOptions): void;
}

/** A REFER of the peer's, RFC 3515: settle it once by `accept` or `reject`; after `accept` say how it goes. */
export interface IncomingTransfer {
  readonly request: SipRequest;
  /** Where to call: the URI of Refer-To, without the headers in it. */
  readonly target: string;
  /** The value of the Replaces header for that call (RFC 3891), when the transfer is an attended one. */
  readonly replaces: string | undefined;
  /** False once it is settled, cut off by the end of the call, or over. */
  readonly open: boolean;
  /** 202, and a NOTIFY that it is under way. */
  accept(): void;
  reject(status: number, options?: ResponseOptions): void;
  /** Tells a provisional response of the new call. */
  progress(status: number, reason?: string): void;
  /** Tells the final response of the new call and ends the subscription. */
  done(status: number, reason?: string): void;
}

/** Hears what becomes of a REFER of ours that was accepted. */
export interface TransferUser {
  /** A provisional response that the new call got. */
  onProgress?(status: number, reason: string): void;
  /** The final one, once; `undefined` when the peer ended its reports, or the call ended, without telling. */
  onDone(status: number | undefined): void;
}

/** What a REFER of ours carries. */
export type ReferOptions = { readonly headers?: ExtraHeaders; readonly user: TransferUser };

/** Hears what happens to a call. */
export interface CallUser {
  /** A re-INVITE, or an UPDATE that carries SDP. One without SDP is answered by the stack. */
  onOffer(offer: IncomingOffer): void;
  /** INFO, REFER, NOTIFY, MESSAGE or whatever else the user agent's `allow` names, in the dialog. */
  onRequest(request: IncomingRequest): void;
  /** A REFER in the dialog. Without this method it comes to `onRequest`. */
  onTransfer?(transfer: IncomingTransfer): void;
  /** An answer to an offer of the stack's or of a 2xx: in an ACK or a PRACK, or in the 2xx to a session refresh. */
  onAnswer(sdp: string): void;
  /** Exactly once, when the call is over for the application; the stack finishes the signalling by itself. */
  onEnded(end: CallEnd): void;
  /** Our 2xx has had no ACK for 3 s; `contact` is what it showed. Without one the call ends after 64*T1. */
  onAckLate?(contact: string): void;
}

/** Hears what happens to a call of ours. */
export interface OutgoingCallUser extends CallUser {
  /** A 100: somebody has the INVITE and takes care of it. */
  onTrying?(): void;
  /** Each provisional response above 100. */
  onRinging(response: SipResponse, sdp: string | undefined): void;
  /**
   * The 2xx. `sdp` is its SDP, or the answer of an earlier 18x where it has none. The ACK has gone out already, unless our
   * INVITE had no offer: then it waits for {@link OutgoingCall.ack}.
   */
  onAnswered(response: SipResponse, sdp: string | undefined): void;
}

/**
 * Who sends a request of a dialog that comes over another flow than the dialog's own. `peer`: its peer. `moved`: its
 * peer, and requests of ours use that flow from now on. `stranger`: someone else, refused with 403. A verifier: it is
 * the peer, and has moved, if it proves itself to the verifier.
 */
export type Origin = "peer" | "moved" | "stranger" | RequestVerifier;

/** Decides who sends over a flow that is not the dialog's own. */
export type OriginOf = (flow: Flow) => Origin;

/** What an application settles about a call that came in. */
export type AttachOptions = {
  readonly contactUser?: string;
  readonly reach?: Reach;
  /** What a challenge to a request of ours in the call is answered with. */
  readonly credentials?: Credentials;
  /** Challenges every request of the peer's in the call; default: none is. The INVITE itself is the application's. */
  readonly verifier?: RequestVerifier;
  /** Binds the dialog to where its peer sends from; default: anyone who knows the dialog's tags is its peer. */
  readonly originOf?: OriginOf;
};

/**
 * How a provisional goes out. `reliable`: with PRACK (RFC 3262) where the peer supports it; always so where it requires
 * it. One after the other: the next one, and the 2xx, wait for the PRACK.
 */
export type RingOptions = ResponseOptions & { readonly reliable?: boolean };

/** An INVITE from outside. */
export interface IncomingCall extends Call {
  readonly invite: SipRequest;
  /** Who the caller proved to be, where the user agent's `verifierOf` named somebody to prove it to. */
  readonly username?: string | undefined;
  /**
   * The call that this one asks to take over (RFC 3891), where `supported` names `replaces`: answer this one, then hang
   * that one up. Whether the caller may is the application's to judge.
   */
  readonly replaces: Call | undefined;
  /** Once, inside `onCall`, before anything else. */
  attach(user: CallUser, options?: AttachOptions): void;
  ring(status: 180 | 181 | 182 | 183, options?: RingOptions): void;
  answer(body: Body | undefined, options?: { readonly headers?: ExtraHeaders }): void;
  reject(status: number, options?: ResponseOptions): void;
}

/** An INVITE of ours. */
export interface OutgoingCall extends Call {
  /** The answer to the offer that the 2xx, or a reliable 18x, brought when our INVITE had none. */
  ack(body: Body): void;
}

/** What an outgoing call starts with. `from` and `to` are name-addr text without a tag. */
export type OutgoingCallOptions = {
  readonly uri: string;
  readonly from: string;
  readonly to: string;
  readonly destination: Destination;
  readonly callId?: string;
  readonly headers?: ExtraHeaders;
  /** The offer; without one the 2xx brings the peer's. */
  readonly body?: Body;
  /** User part of our Contact in this call. */
  readonly contactUser?: string;
  /** How many hops the INVITE may go, default 70: one less than what the INVITE had that this one continues, RFC 7332. */
  readonly maxForwards?: number;
  /** Whether provisionals may or must be sent reliably (RFC 3262); default: neither, and browsers should not be asked. */
  readonly reliable?: "supported" | "required";
  /** Where requests in the dialog may go over UDP; default: only the address of `destination`. */
  readonly reach?: Reach;
  /** Who we are where the peer asks: a 401 or 407 to any request of ours in the call is answered. */
  readonly credentials?: Credentials;
  /** Challenges every request of the peer's in the call; default: none is. */
  readonly verifier?: RequestVerifier;
  /** Binds the dialog to where its peer sends from; default: anyone who knows the dialog's tags is its peer. */
  readonly originOf?: OriginOf;
  readonly user: OutgoingCallUser;
};

/** One request outside a dialog. `from` and `to` are name-addr text without a tag. */
export type OutgoingRequestOptions = {
  readonly method: string;
  readonly uri: string;
  readonly from: string;
  readonly to: string;
  readonly destination: Destination;
  readonly headers?: ExtraHeaders;
  readonly body?: Body;
  /** Who we are where the peer asks: a 401 or 407 is answered. */
  readonly credentials?: Credentials;
  /** Milliseconds after which it counts as unanswered; default and most: 64*T1. */
  readonly timeoutMs?: number;
};
