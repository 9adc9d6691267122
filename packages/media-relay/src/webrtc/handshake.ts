import type { Address } from "../kernel/datagrams.ts";
import type { RefusalReason } from "../kernel/refusals.ts";
import type { SrtpKeys } from "../srtp/keys.ts";
import type { IceRole } from "../stun/request.ts";
import type { BrowserAudio } from "./browser-sdp.ts";

/** How an ICE agent is known to the other, RFC 8445 section 5.3. */
export type IceUser = { readonly fragment: string; readonly password: string };

/** The way to the browser that ICE chose, and what both sides are to each other on it. */
export type ChosenPath = {
  /** Index of the offered host whose socket it leaves from. */
  readonly host: number;
  readonly to: Address;
  readonly ours: IceUser;
  readonly theirs: IceUser;
  /** The part that we play. */
  readonly role: IceRole;
  /** RFC 8445 section 7.1.3: which of two that play the same part gives way. */
  readonly tieBreaker: bigint;
};

/** A description of ours and the user that the browser will ask for by it. */
export type Description = { readonly sdp: string; readonly user: IceUser };

/** What two descriptions agreed about the stream; the direction is ours. */
export type Agreed = Pick<BrowserAudio, "payloadTypes" | "direction"> & {
  /** Whether the browser takes and sends RTCP; default true. */
  readonly hasReports?: boolean;
};

/** What a handshake begins with. */
export type HandshakeSpec = {
  /** The hosts that are offered, each with the place where its socket is bound. */
  readonly hosts: readonly { readonly host: string; readonly local: Address }[];
  /** The SSRC that our descriptions name. */
  readonly ssrc: number;
};

/** What a handshake asks for and reports. Never called from inside `open`. */
export interface HandshakeUser {
  /** Sends STUN or DTLS from the socket of that host. The bytes belong to the receiver. */
  send(host: number, bytes: Uint8Array, to: Address): void;
  /** DTLS agreed on keys. Once: they outlive every change of the path. */
  onKeys(keys: SrtpKeys): void;
  /** ICE chose a path, or what is known of the path changed. The one before is used until then. */
  onPath(path: ChosenPath): void;
  /** ICE or DTLS failed, or the thread that does them ended. */
  onFailed(why: string): void;
  /** Something of DTLS was discarded; the handshake goes on. */
  onRefused(reason: RefusalReason): void;
}

/** Whether an offer asks the browser to begin ICE anew. */
export type OfferOptions = { readonly iceRestart?: boolean };

/**
 * ICE, DTLS and the browser's SDP of one leg, wherever they are done. Media never enters: it has keys and a path from here. Every
 * description that cannot be used rejects with MEDIA_SDP_REFUSED, and everything with MEDIA_WORKER_GONE once the thread
 * that does it has ended.
 */
export interface BrowserHandshake {
  /** STUN and DTLS that came to the socket of that host. */
  receive(host: number, bytes: Uint8Array, from: Address): void;
  /** Our SDP offer. */
  offer(options?: OfferOptions): Promise<Description>;
  /** Takes the browser's answer. */
  accept(answer: string): Promise<Agreed>;
  /** Takes the browser's offer and answers it. */
  answer(offer: string): Promise<Description & { readonly agreed: Agreed }>;
  /** Idempotent; afterwards nothing is reported or sent. */
  close(): Promise<void>;
}

/** Where handshakes are done: in this thread, or on one of their own. */
export interface Handshakes {
  /** Handshakes that are open. */
  readonly size: number;
  open(spec: HandshakeSpec, user: HandshakeUser): Promise<BrowserHandshake>;
  /** Closes those that are open; idempotent. */
  close(): Promise<void>;
}
