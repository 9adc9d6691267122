import type { LegId } from "@trunkline/media-relay";
import { type Party, partyName } from "../domain/party.ts";
import type { Ending } from "../kernel/ending.ts";
import type { CallRecord, OpenRecord } from "../store/history.ts";
import type { CallNotes } from "./notes.ts";
import type { CallSetup } from "./setup.ts";

/** The record of a call that goes on. */
export function openRecordOf(setup: WhatOf, notes: CallNotes): OpenRecord {
  const { startedAtMs, rungAtMs, answeredAtMs, answeredBy, users } = notes;
  return {
    ...whatOf(setup),
    users: [...new Set([...userOf(setup.from), ...users])],
    startedAtMs,
    ...(rungAtMs !== undefined && { rungAtMs }),
    ...(answeredAtMs !== undefined && { answeredAtMs }),
    ...(answeredBy !== undefined && { answeredBy }),
  };
}

/** What is known of a call at its end. `caller`: the sound of the caller's leg. */
type End = { readonly ending: Ending; readonly endedAtMs: number; readonly caller: LegId | undefined };

/** The record of a call that is over. */
export const recordOf = (setup: WhatOf, notes: CallNotes, { ending, endedAtMs, caller }: End): CallRecord => ({
  ...openRecordOf(setup, notes),
  endedAtMs,
  ending,
  legs: notes.legs(caller),
  ...(notes.changes.length > 0 && { changes: notes.changes }),
  ...(notes.leftOut > 0 && { leftOut: notes.leftOut }),
});

/** The record of a call that was refused before anything was opened for it. */
export function refusalRecord(setup: WhatOf, ending: Ending, nowMs: number): CallRecord {
  return { ...whatOf(setup), users: userOf(setup.from), startedAtMs: nowMs, endedAtMs: nowMs, ending, legs: [] };
}

type WhatOf = Pick<CallSetup, "id" | "direction" | "from" | "to">;

const whatOf = ({ id, direction, from, to }: WhatOf) => ({ id, direction, from: partyName(from), to });

const userOf = (party: Party): readonly string[] => (party.kind === "user" ? [party.user] : []);
