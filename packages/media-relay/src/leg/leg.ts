import type { Clock } from "../kernel/clock.ts";
import type { RandomBytes } from "../kernel/random.ts";
import type { Tally } from "../kernel/refusals.ts";
import type { Sink } from "../stage/stage.ts";

/** A leg's name within its session. */
export type LegId = string & { readonly brand: "LegId" };

/** One direction of a leg's stream. `lost` and `jitterMs` of what is sent are what the peer reports. */
export type StreamStatistics = {
  readonly packets: number;
  /** Octets of RTP, headers included. */
  readonly bytes: number;
  readonly lost: number;
  readonly jitterMs: number;
};

/** What is known of a leg's media. */
export type LegStatistics = {
  readonly leg: LegId;
  readonly kind: "plain" | "browser" | "source";
  readonly received: StreamStatistics;
  readonly sent: StreamStatistics;
  readonly roundTripMs?: number;
};

/** How long nothing was heard of a leg's peer, and in which part of the call. */
export type Silence = { readonly phase: "before-first-packet" | "in-talk" | "on-hold"; readonly seconds: number };

/** Which way media may flow, as the leg's own side of the SDP says it. */
export type Direction = "sendrecv" | "sendonly" | "recvonly" | "inactive";

export const maySend = (direction: Direction): boolean => direction === "sendrecv" || direction === "sendonly";
export const mayReceive = (direction: Direction): boolean => direction === "sendrecv" || direction === "recvonly";

/** What a leg reports upwards. */
export interface LegReports {
  onConnected(): void;
  onFailed(why: string): void;
  onDigit(digit: string, durationMs: number): void;
  onPlayed(): void;
}

/** What every leg is made with. */
export type LegContext = {
  readonly id: LegId;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly tally: Tally;
  readonly reports: LegReports;
};

/** What can be joined to another of its kind. */
export interface JoinEnd {
  /** Takes a packet for this leg's peer: inner payload types, 12-octet header. The packet is edited in place. */
  readonly send: Sink;
  /** What this leg's peer says goes there from now on; `undefined`: nowhere. What is sent from now on is another source. */
  joinTo(target: Sink | undefined): void;
}

/** A leg as its session sees it. */
export interface JoinableLeg extends JoinEnd {
  readonly id: LegId;
  /** Called once a second: presses whose end was lost, and how long the peer has been silent. */
  sweep(nowMs: number): Silence | undefined;
  statistics(): LegStatistics;
  close(): Promise<void>;
}
