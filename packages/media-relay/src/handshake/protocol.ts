import type { MessagePort } from "node:worker_threads";
import type { CallOf, ReplyOf } from "../kernel/calls.ts";
import type { RefusalReason } from "../kernel/refusals.ts";
import type { SrtpKeys } from "../srtp/keys.ts";
import type { Agreed, ChosenPath, Description, HandshakeSpec, OfferOptions } from "../webrtc/handshake.ts";

/** A handshake, by the number that the media worker gave it. */
type Of = { readonly id: number };
type Nothing = undefined;

/** What a media worker asks of the handshake thread. */
export type HandshakeCalls = {
  open: { ask: Of & { readonly spec: HandshakeSpec }; answer: Nothing };
  offer: { ask: Of & { readonly options: OfferOptions | undefined }; answer: Description };
  accept: { ask: Of & { readonly sdp: string }; answer: Agreed };
  answer: { ask: Of & { readonly sdp: string }; answer: Description & { readonly agreed: Agreed } };
  close: { ask: Of; answer: Nothing };
};

/** A datagram of STUN or DTLS: one that came, or one to be sent. */
export type PostedDatagram = Of & {
  readonly kind: "datagram";
  readonly host: number;
  readonly bytes: Uint8Array;
  readonly address: string;
  readonly port: number;
};

/** From the media worker to the handshake thread. */
export type ToHandshakes = (CallOf<HandshakeCalls> & { readonly kind: "call" }) | PostedDatagram;

/** From the handshake thread to the media worker. */
export type FromHandshakes =
  | ReplyOf<HandshakeCalls>
  | PostedDatagram
  | (Of & { readonly kind: "keys"; readonly keys: SrtpKeys })
  | (Of & { readonly kind: "path"; readonly path: ChosenPath })
  | (Of & { readonly kind: "failed"; readonly why: string })
  | (Of & { readonly kind: "refused-dtls"; readonly reason: RefusalReason });

/** What the main thread asks of the handshake thread. */
export type HandshakeThreadCalls = {
  /** Takes the port of a media worker; its handshakes are closed when it is. */
  connect: { ask: { readonly port: MessagePort }; answer: Nothing };
  /** How many handshakes are open. */
  count: { ask: Record<never, never>; answer: number };
  /** Whether it is there. */
  ping: { ask: Record<never, never>; answer: Nothing };
  close: { ask: Record<never, never>; answer: Nothing };
};
