import type { Ending } from "../kernel/ending.ts";

/** What is kept of one call attempt. Times are wall time in ms since 1970. */
export type CallRecord = {
  readonly id: string;
  readonly direction: "inbound" | "outbound" | "internal";
  readonly from: string;
  readonly to: string;
  /** The users on either end, for their own history. */
  readonly users: readonly string[];
  readonly startedAtMs: number;
  readonly answeredAtMs?: number;
  readonly endedAtMs: number;
  readonly ending: Ending;
};

/** The records of calls, newest first when read. */
export interface History {
  add(record: CallRecord): Promise<void>;
  latest(query: { readonly limit: number; readonly user?: string }): Promise<readonly CallRecord[]>;
}
