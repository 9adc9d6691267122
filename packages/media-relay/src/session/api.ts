import type { Announcement } from "../leg/announcement.ts";
import type { LegId, LegStatistics } from "../leg/leg.ts";
import type { PlainLocal, PlainRemote } from "../leg/plain-leg.ts";
import type { Concealment } from "../leg/quality.ts";
import type { Silence, SilenceLimits } from "../leg/silence.ts";
import type { Tone } from "../leg/tone.ts";
import type { OfferOptions } from "../webrtc/handshake.ts";

/** How a relay is set up, wherever it runs. */
export type RelayOptions = {
  /** The trunk's side: the address to bind and the range of ports, first and last included. */
  readonly plain: { readonly bind: string; readonly ports: readonly [first: number, last: number] };
  /**
   * The browsers' side. `hosts` are offered as ICE host candidates, each with a port of its own; each is bound too, unless
   * `bind` names another local address, as behind a 1:1 NAT.
   */
  readonly browser: {
    readonly hosts: readonly string[];
    readonly bind?: string;
    readonly ports: readonly [first: number, last: number];
  };
  /** How long a closed port is left alone; default 5000. */
  readonly portRestMs?: number;
  /** Default 1000 sessions of 16 legs each. */
  readonly limits?: { readonly maxSessions?: number; readonly maxLegsPerSession?: number };
  /** When a silence has lasted too long, in whole seconds from 3 on; default a minute, on hold an hour. */
  readonly silence?: Partial<SilenceLimits>;
  /** What listeners are taken to do about losses when quality is rated; default that they conceal them. */
  readonly concealment?: Concealment;
};

/** Makes sessions. The same in one thread and across threads. */
export interface MediaRelay {
  /** `near` asks for the thread of another session, so that both can be joined without a detour. Rejects with MEDIA_SESSIONS_FULL. */
  open(user: SessionUser, options?: { readonly near?: MediaSession }): Promise<MediaSession>;
  /**
   * Joins legs of two sessions: what one receives the other sends, as with `join`, which it undoes and by which it is undone.
   * Sessions on different threads are joined over a pair of ports on 127.0.0.1. Rejects with MEDIA_SESSION_CLOSED,
   * MEDIA_LEG_UNKNOWN, and where ports are needed with MEDIA_NO_PORT or MEDIA_LEGS_FULL.
   */
  splice(a: SpliceEnd, b: SpliceEnd): Promise<Splice>;
  counters(): Promise<RelayCounters>;
  /** Closes every session; idempotent. */
  close(): Promise<void>;
}

/** A leg together with its session. */
export type SpliceEnd = { readonly session: MediaSession; readonly leg: LegId };

/** Legs of two sessions that are joined, until either is joined elsewhere, parted or closed. */
export interface Splice {
  /** Parts them if they are joined still; idempotent. */
  close(): Promise<void>;
}

/** What is alive now, and totals since the start: `packets` accepted and `refused` by reason. */
export type RelayCounters = {
  readonly sessions: number;
  readonly legs: number;
  readonly ports: number;
  readonly portsResting: number;
  /** Connections of ICE and DTLS. */
  readonly handshakes: number;
  readonly timers: number;
  readonly packets: number;
  readonly refused: Readonly<Record<string, number>>;
};

/**
 * What a session reports upwards. Never called from inside one of its own methods. Digits are for the application's ears,
 * never for a log.
 */
export interface SessionUser {
  /** Browser leg: ICE and DTLS are up, or up again after `onFailed`. Plain leg: the first packet was accepted. */
  onConnected?(leg: LegId): void;
  /**
   * Browser leg: it has not answered for some seconds, and may not hear what is sent. An ICE restart may find another path
   * before consent is lost (RFC 7675). Once, until it has answered again.
   */
  onInterrupted?(leg: LegId): void;
  /**
   * Browser leg: ICE or DTLS failed or their thread ended before the leg was connected, or consent was lost: an ICE restart
   * may bring it back. Any leg: its worker is gone, which is final: nothing brings it back.
   */
  onFailed?(leg: LegId, why: string, isFinal?: boolean): void;
  /** From the third second on, once a second. */
  onSilence?(leg: LegId, silent: Silence): void;
  /** Something was heard again of a leg whose silence was told. */
  onHeard?(leg: LegId): void;
  /** Once for each silence, when it reaches its limit (`RelayOptions.silence`). The relay ends nothing. */
  onSilenceLimit?(leg: LegId, silent: Silence): void;
  /** A key press of that leg's peer, once, when it is over (RFC 4733). */
  onDigit?(leg: LegId, digit: string, durationMs: number): void;
  /** A player that is not looped has played to its end. */
  onPlayed?(leg: LegId): void;
  /** Once a second: all legs of the session. Measured only for whom listens. */
  onStatistics?(legs: readonly LegStatistics[]): void;
  /** A leg was closed, by itself or with its session: its last statistics. Not when its worker is lost. */
  onClosed?(last: LegStatistics): void;
}

/** A leg without a peer. A player begins with each join, plays once or over and over, and is silent afterwards. */
export type Source =
  | { readonly kind: "echo" }
  | ({ readonly kind: "tone" } & Tone)
  | { readonly kind: "player"; readonly announcement: Announcement; readonly loop?: boolean };

/** Any number of legs, joined two at a time. Every method rejects with MEDIA_SESSION_CLOSED after `close`. */
export interface MediaSession {
  readonly id: string;
  /** `bind` overrides the relay's address. Rejects with MEDIA_NO_PORT or MEDIA_LEGS_FULL, as the other kinds of leg do. */
  plainLeg(options?: { readonly bind?: string }): Promise<PlainLeg>;
  browserLeg(): Promise<BrowserLeg>;
  sourceLeg(source: Source): Promise<SourceLeg>;
  /** Joins two legs: what one receives the other sends. Each leg is joined to at most one; an earlier join of either is undone. */
  join(a: LegId, b: LegId): Promise<void>;
  part(leg: LegId): Promise<void>;
  /**
   * Presses a key towards the leg's peer (RFC 4733), after those that wait already, in the place of what is joined to it.
   * False when the peer takes no presses, is not being sent to, or 32 wait.
   */
  press(leg: LegId, digit: string, durationMs: number): Promise<boolean>;
  /** Begins every leg's silence anew: for the moment of an answer, so that ringing never counts. */
  expectMedia(): Promise<void>;
  statistics(): Promise<readonly LegStatistics[]>;
  /** Closes every leg; idempotent. Their ports rest. */
  close(): Promise<void>;
}

export interface Leg {
  readonly id: LegId;
  close(): Promise<void>;
}

export interface PlainLeg extends Leg {
  readonly local: PlainLocal;
  /** Takes what the SDP agreed, again after a renegotiation. RTP is accepted only from `remote.address:rtpPort`. */
  connect(remote: PlainRemote): Promise<void>;
}

export interface BrowserLeg extends Leg {
  /** Our SDP offer, first or later. With `iceRestart` the browser looks for another path; the one in use goes on until then. */
  offer(options?: OfferOptions): Promise<string>;
  /** The browser's answer to it. Rejects with MEDIA_SDP_REFUSED. */
  accept(answer: string): Promise<void>;
  /** The browser's offer, first or later, and our answer. Rejects with MEDIA_SDP_REFUSED. */
  answer(offer: string): Promise<string>;
}

export interface SourceLeg extends Leg {}
