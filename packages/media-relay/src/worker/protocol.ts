import type { MessagePort } from "node:worker_threads";
import type { CallOf, ReplyOf } from "../kernel/calls.ts";
import type { Address } from "../kernel/datagrams.ts";
import type { LegId, LegStatistics } from "../leg/leg.ts";
import type { PlainLocal, PlainRemote } from "../leg/plain-leg.ts";
import type { Silence } from "../leg/silence.ts";
import type { RelayCounters, Source } from "../session/api.ts";
import type { LoopbackEnd } from "../session/loopbacks.ts";
import type { OfferOptions } from "../webrtc/handshake.ts";

type OfSession = { readonly session: string };
type OfLeg = OfSession & { readonly leg: LegId };
type NewLeg = { readonly leg: LegId };
type Nothing = undefined;

/** What a media worker can be asked, and what it answers. */
export type Calls = {
  /** Under an id that the main thread has made; `listensTo`: what is told only when somebody listens. */
  open: { ask: OfSession & { readonly listensTo?: readonly ("statistics" | "closed")[] }; answer: Nothing };
  plainLeg: { ask: OfSession & { readonly bind?: string }; answer: NewLeg & { readonly local: PlainLocal } };
  browserLeg: { ask: OfSession; answer: NewLeg };
  sourceLeg: { ask: OfSession & { readonly source: Source }; answer: NewLeg };
  connect: { ask: OfLeg & { readonly remote: PlainRemote }; answer: Nothing };
  offer: { ask: OfLeg & { readonly options: OfferOptions | undefined }; answer: string };
  accept: { ask: OfLeg & { readonly sdp: string }; answer: Nothing };
  answer: { ask: OfLeg & { readonly sdp: string }; answer: string };
  closeLeg: { ask: OfLeg; answer: Nothing };
  join: { ask: OfSession & { readonly a: LegId; readonly b: LegId }; answer: Nothing };
  part: { ask: OfLeg; answer: Nothing };
  /** Joins legs of two sessions of this worker. */
  splice: { ask: { readonly a: OfLeg; readonly b: OfLeg }; answer: Nothing };
  /** Opens an end of a splice to another worker, which its session's user knows nothing of. */
  openLoopback: { ask: OfSession; answer: LoopbackEnd };
  /** Joins a leg to such an end; `to` is where the other worker's is. */
  joinLoopback: { ask: OfLeg & { readonly end: LegId; readonly to: Address }; answer: Nothing };
  closeLoopback: { ask: OfSession & { readonly end: LegId }; answer: Nothing };
  press: { ask: OfLeg & { readonly digit: string; readonly durationMs: number }; answer: boolean };
  expectMedia: { ask: OfSession; answer: Nothing };
  statistics: { ask: OfSession; answer: readonly LegStatistics[] };
  closeSession: { ask: OfSession; answer: Nothing };
  counters: { ask: Record<never, never>; answer: RelayCounters };
  /** Whether it is there. */
  ping: { ask: Record<never, never>; answer: Nothing };
  /** Takes the port to the handshake thread. */
  handshakes: { ask: { readonly port: MessagePort }; answer: Nothing };
  closeRelay: { ask: Record<never, never>; answer: Nothing };
};
export type Op = keyof Calls;
export type AskOf<O extends Op> = Calls[O]["ask"];
export type AnswerOf<O extends Op> = Calls[O]["answer"];

/** From the main thread: one call, numbered. */
export type ToWorker = CallOf<Calls>;

/** Something that a session reports of one of its legs. */
export type LegEvent =
  | { readonly name: "connected" }
  | { readonly name: "interrupted" }
  | { readonly name: "failed"; readonly why: string; readonly isFinal?: boolean }
  | { readonly name: "silence"; readonly silent: Silence }
  | { readonly name: "silence-limit"; readonly silent: Silence }
  | { readonly name: "digit"; readonly digit: string; readonly durationMs: number }
  | { readonly name: "closed"; readonly last: LegStatistics }
  | { readonly name: "played" }
  | { readonly name: "heard" };

/** What a session of the worker reports of one of its legs. */
export type ToldByWorker = {
  readonly kind: "told";
  readonly session: string;
  readonly leg: LegId;
  readonly event: LegEvent;
};

/** What a session of the worker measured of all its legs. */
export type MeasuredByWorker = {
  readonly kind: "measured";
  readonly session: string;
  readonly legs: readonly LegStatistics[];
};

/** What a media worker has to tell. */
export type EventOfWorker = ToldByWorker | MeasuredByWorker;

/** From the worker. */
export type FromWorker =
  | { readonly kind: "ready" }
  | ReplyOf<Calls>
  | EventOfWorker
  | { readonly kind: "fault"; readonly message: string };
