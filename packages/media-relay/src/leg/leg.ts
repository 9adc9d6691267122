import type { Clock } from "../kernel/clock.ts";
import type { Moment } from "../kernel/moment.ts";
import type { RandomBytes } from "../kernel/random.ts";
import type { Tally } from "../kernel/refusals.ts";
import type { Sink } from "../stage/stage.ts";
import type { Concealment, Quality } from "./quality.ts";
import type { SilenceLimits, SilenceNotice } from "./silence.ts";

/** A leg's name within its session. */
export type LegId = string & { readonly brand: "LegId" };

/** Packets, and octets of RTP: for each packet 12 of header and its payload. */
export type Volume = { readonly packets: number; readonly bytes: number };

/**
 * What came from a leg's peer, on hold too: all packets of its proven source, those too that nobody hears, such as
 * keep-alives. What is refused before that has counters of its own (`RelayCounters`).
 */
export type ReceivedStatistics = Volume & {
  /** Sequence numbers between the first and the highest of a source that never came; summed over all sources. */
  readonly lost: number;
  /** Came after a packet of a higher number, for the first time. One 100 numbers behind or more is not passed on and stays lost. */
  readonly late: number;
  /** Came again; passed on and played once. */
  readonly duplicated: number;
  /** RFC 3550 appendix A.8, of audio. */
  readonly jitterMs: number;
  /** The longest time between two packets, or since the last, while media was expected: not on hold. */
  readonly longestGapMs: number;
  /** None before the first packet. */
  readonly quality?: Quality;
};

/** What the peer says of the stream that it gets, in its last report (RFC 3550 section 6.4.1). */
export type PeerReport = {
  /** 0 to 1, between its last two reports. */
  readonly lossFraction: number;
  /** In all. */
  readonly lost: number;
  readonly jitterMs: number;
};

/** What went to a leg's peer. `peer` and `quality`: none before its first report. */
export type SentStatistics = Volume & { readonly peer?: PeerReport; readonly quality?: Quality };

/** What is known of a leg's media since it was opened. `roundTripMs`: between the relay and the peer. */
export type LegStatistics = {
  readonly leg: LegId;
  readonly kind: "plain" | "browser" | "source";
  readonly received: ReceivedStatistics;
  readonly sent: SentStatistics;
  readonly roundTripMs?: number;
};

/** Which way media may flow, as the leg's own side of the SDP says it. */
export type Direction = "sendrecv" | "sendonly" | "recvonly" | "inactive";

export const maySend = (direction: Direction): boolean => direction === "sendrecv" || direction === "sendonly";
export const mayReceive = (direction: Direction): boolean => direction === "sendrecv" || direction === "recvonly";

/** What a leg reports upwards. */
export interface LegReports {
  onConnected(): void;
  onInterrupted(): void;
  onFailed(why: string): void;
  onDigit(digit: string, durationMs: number): void;
  onPlayed(): void;
  onHeard(): void;
}

/** What a relay's legs have in common: how long a silence may last, and what is assumed of listeners. */
export type LegPolicy = { readonly silence: SilenceLimits; readonly concealment: Concealment };

/** What every leg is made with. */
export type LegContext = {
  readonly id: LegId;
  readonly clock: Clock;
  readonly moment: Moment;
  readonly random: RandomBytes;
  readonly tally: Tally;
  readonly policy: LegPolicy;
  readonly reports: LegReports;
};

/** What can be joined to another of its kind. */
export interface JoinEnd {
  /** Takes a packet for this leg's peer: inner payload types, 12-octet header. The packet is edited in place. */
  readonly send: Sink;
  /** Between the relay and this leg's peer; `undefined` where it was not measured. */
  readonly roundTripMs?: number | undefined;
  /**
   * What this leg's peer says goes to `target` from now on; `undefined`: nowhere. What is sent from now on is another source.
   * @param end the end that it is joined to: its path is a part of the way from mouth to ear
   */
  joinTo(target: Sink | undefined, end?: JoinEnd): void;
}

/** A leg as its session sees it. */
export interface JoinableLeg extends JoinEnd {
  readonly id: LegId;
  /** Called once a second: presses whose end was lost, and how long the peer has been silent. */
  sweep(nowMs: number): SilenceNotice | undefined;
  /** A leg with a peer begins its silence anew. */
  expectMedia?(): void;
  /** A leg with a peer presses a key there; false when the peer takes none now. */
  press?(event: number, durationMs: number): boolean;
  statistics(): LegStatistics;
  close(): Promise<void>;
}
