import type { LegId, MediaSession } from "@trunkline/media-relay";
import type { Direction } from "@trunkline/sip-stack/sdp";

/** What came of an offer or an answer: a value, or in words why the peer's SDP cannot be used. */
export type Negotiated<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string };

/**
 * What a peer understands: a browser WebRTC, a phone RTP or SRTP, the trunk either as its configuration says. `address` is
 * the one of its signalling: a phone may send its audio from there though its SDP names another one, and where an SDP names
 * a host, which is not looked up, audio is sent there.
 */
export type MediaPeer =
  | { readonly kind: "browser" }
  | { readonly kind: "trunk"; readonly address: string }
  | { readonly kind: "phone"; readonly address: string; readonly encrypted: boolean };

/** One side's sound, spoken of in SDP text (RFC 3264) alone: whether it is RTP or WebRTC stays in here. */
export interface MediaLeg {
  readonly id: LegId;
  /** Where it lives. */
  readonly session: MediaSession;
  /** What was agreed last, as our side says it; `undefined` before. */
  readonly direction: Direction | undefined;
  /** An offer of ours: the first one, or a fresh one for a re-INVITE; plain legs can put the other side on hold by it. */
  offer(direction?: Direction): Promise<string>;
  /** An offer that begins ICE anew (RFC 8445 section 9); only where there is ICE. */
  readonly offerRestart?: () => Promise<string>;
  /** Our answer to the peer's offer. */
  answer(offer: string): Promise<Negotiated<string>>;
  /** Takes the peer's answer to our last offer. */
  accept(answer: string): Promise<Negotiated<void>>;
  /** Frees ports and sockets; may be called twice. */
  close(): Promise<void>;
}
