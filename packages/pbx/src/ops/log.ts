import { type Logger, pino } from "pino";
import type { Journal, JournalEntry } from "../kernel/journal.ts";
import { unreachable } from "../kernel/table.ts";

export type Log = Logger;

/** JSON lines on standard output. @param level the least that is written */
export const systemLog = (level: string): Log => pino({ level, base: null });

/** Writes what happens to calls as log lines, every one with its call's id; digits and secrets never get here. */
export const logJournal = (log: Log): Journal => ({ record: (entry) => write(log, entry) });

function write(log: Log, entry: JournalEntry): void {
  const { kind, ...rest } = entry;
  switch (entry.kind) {
    case "call-arrived":
    case "leg-added":
      return log.info(rest, kind);
    case "call-state":
      return log.debug(rest, kind);
    case "call-ended": {
      const { by, ...why } = entry.ending;
      return log.info({ call: entry.call, by, ...why }, kind);
    }
    case "ack-late":
      return log.warn(rest, "no ACK for our 200 within 3 s: the other side may not reach the Contact that we sent");
    case "call-fault":
      return log.error(rest, kind);
    case "refused":
      return log.warn(rest, kind);
    default:
      return unreachable(entry);
  }
}
