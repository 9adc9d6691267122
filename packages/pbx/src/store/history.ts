import type { LegStatistics } from "@trunkline/media-relay";
import type { Ending } from "../kernel/ending.ts";
import type { PartyChange } from "../kernel/journal.ts";

/** A call that is going on. Times are wall time in ms since 1970. */
export type OpenRecord = {
  readonly id: string;
  readonly direction: "inbound" | "outbound" | "internal";
  readonly from: string;
  readonly to: string;
  /** The users on either end, for their own history: those too whose phones only rang. */
  readonly users: readonly string[];
  readonly startedAtMs: number;
  /** The caller was told that it rings, or heard the other side before the answer. */
  readonly rungAtMs?: number;
  readonly answeredAtMs?: number;
  /** The leg that answered, or `announcement`. */
  readonly answeredBy?: string;
};

/** How the parties of a call changed while it was up. */
export type CallChange = {
  readonly atMs: number;
  readonly kind: PartyChange;
  /** The leg that was replaced, and the one in its place. */
  readonly by: string;
  readonly to: string;
  /** The call whose party came into this one. */
  readonly call?: string;
};

/** One end of a call: `a` is the caller, `b1` ... are those who were called, `b1'` the second address tried for the first. */
export type LegRecord = {
  readonly id: string;
  readonly party: string;
  /** Where its signalling went: `udp 192.0.2.1:5060`. */
  readonly address: string;
  readonly sipCallId: string;
  /** When it was invited or came in, was connected and ended; wall time in ms. Records of older versions have none. */
  readonly startedAtMs?: number;
  readonly answeredAtMs?: number;
  readonly endedAtMs?: number;
  /** Its ACK for our 200 did not come within 3 s: the Contact that we had shown, which it may not have reached. */
  readonly ackLate?: string;
} & Partial<Pick<LegStatistics, "received" | "sent" | "roundTripMs">>;

/** What is kept of a call attempt that is over. */
export type CallRecord = OpenRecord & {
  readonly endedAtMs: number;
  readonly ending: Ending;
  readonly legs: readonly LegRecord[];
  readonly changes?: readonly CallChange[];
  /** Legs and changes beyond what is kept of one call. */
  readonly leftOut?: number;
};

/** For how long two people talked; `undefined` when nobody took the call, but an announcement said so. */
export const talkMs = ({ answeredAtMs, answeredBy, endedAtMs }: CallRecord): number | undefined =>
  answeredAtMs === undefined || answeredBy === "announcement" ? undefined : endedAtMs - answeredAtMs;

/** Which records are wanted: all that is named must be so. */
export type HistoryQuery = {
  readonly limit: number;
  readonly user?: string;
  /** Caller or called. */
  readonly number?: string;
  /** Begun at this time or later, and before that one; wall time in ms. */
  readonly sinceMs?: number;
  readonly untilMs?: number;
  /** Older than the call of this id: the next page. */
  readonly before?: string;
};

/** The records of calls, newest first when read. */
export interface History {
  /** A call has begun, or was answered: should we never come to its end, the next start closes its record. */
  note(open: OpenRecord): Promise<void>;
  add(record: CallRecord): Promise<void>;
  latest(query: HistoryQuery): Promise<readonly CallRecord[]>;
  /** One record; `undefined` when there is none of this id. */
  get(id: string): Promise<CallRecord | undefined>;
  /** Records that wait for a disk that does not take them, and those that there was no room for. */
  readonly counters: { readonly waiting: number; readonly dropped: number };
  /** Writes what waits and lets go of everything. */
  close(): Promise<void>;
}
