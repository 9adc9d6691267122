import type { Ending } from "../kernel/ending.ts";

/** A call that is going on. Times are wall time in ms since 1970. */
export type OpenRecord = {
  readonly id: string;
  readonly direction: "inbound" | "outbound" | "internal";
  readonly from: string;
  readonly to: string;
  /** The users on either end, for their own history. */
  readonly users: readonly string[];
  readonly startedAtMs: number;
  readonly answeredAtMs?: number;
};

/** What is kept of a call attempt that is over. */
export type CallRecord = OpenRecord & { readonly endedAtMs: number; readonly ending: Ending };

/** The records of calls, newest first when read. */
export interface History {
  /** A call has begun, or was answered: should we never come to its end, the next start closes its record. */
  note(open: OpenRecord): Promise<void>;
  add(record: CallRecord): Promise<void>;
  latest(query: { readonly limit: number; readonly user?: string }): Promise<readonly CallRecord[]>;
  /** Records that wait for a disk that does not take them, and those that there was no room for. */
  readonly counters: { readonly waiting: number; readonly dropped: number };
  /** Writes what waits and lets go of everything. */
  close(): Promise<void>;
}
