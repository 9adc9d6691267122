import { type Party, partyName } from "../domain/party.ts";
import type { Ending } from "../kernel/ending.ts";
import type { CallRecord, OpenRecord } from "../store/history.ts";
import type { CallSetup } from "./setup.ts";

type Course = { readonly setup: CallSetup; readonly startedAtMs: number; readonly answeredAtMs: number | undefined };

/** The record of a call that goes on. */
export function openRecordOf({ setup, startedAtMs, answeredAtMs }: Course): OpenRecord {
  return { ...whatOf(setup), startedAtMs, ...(answeredAtMs !== undefined && { answeredAtMs }) };
}

/** The record of a call that is over. */
export const recordOf = (call: Course, ending: Ending, endedAtMs: number): CallRecord => ({
  ...openRecordOf(call),
  endedAtMs,
  ending,
});

/** The record of a call that was refused before anything was opened for it. */
export function refusalRecord(setup: WhatOf, ending: Ending, nowMs: number): CallRecord {
  return { ...whatOf(setup), startedAtMs: nowMs, endedAtMs: nowMs, ending };
}

type WhatOf = Pick<CallSetup, "id" | "direction" | "from" | "to">;

const whatOf = ({ id, direction, from, to }: WhatOf) => ({
  id,
  direction,
  from: partyName(from),
  to,
  users: userOf(from),
});

const userOf = (party: Party): readonly string[] => (party.kind === "user" ? [party.user] : []);
