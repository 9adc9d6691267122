import type { Clock } from "@trunkline/sip-stack";
import { type Logger, pino } from "pino";
import type { Audit } from "../access/audit.ts";
import type { Journal, JournalEntry } from "../kernel/journal.ts";
import { unreachable } from "../kernel/table.ts";

export type Log = Logger;

/** JSON lines on standard output. @param level the least that is written */
export const systemLog = (level: string): Log => pino({ level, base: null });

/** Writes what happens to calls as log lines, every one with its call's id; digits and secrets never get here. */
export function logJournal(log: Log, clock: Clock): Journal {
  const refusals = new Allowance(clock);
  return {
    record: (entry) => {
      if (entry.kind !== "refused") return write(log, entry);
      const unwritten = refusals.take();
      if (unwritten !== undefined)
        log.warn(
          { what: entry.what, source: entry.source, why: entry.why, ...(unwritten > 0 && { unwritten }) },
          entry.kind,
        );
    },
  };
}

/** Writes who came in, who went out, and what operators did: always, whatever the least level is that is written. */
export function logAudit(log: Log): Audit {
  const audit = log.child({ audit: true }, { level: "info" });
  return ({ kind, ...rest }) => audit.info(rest, kind);
}

const linesASecond = 10;

/** What strangers send must not fill the disk: at most so many lines a second; the next one says how many were left out. */
class Allowance {
  readonly #clock: Clock;
  #sinceMs = 0;
  #written = 0;
  #unwritten = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns how many lines were left out before this one, or nothing when this one is to be left out too. */
  take(): number | undefined {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#sinceMs >= 1000) [this.#sinceMs, this.#written] = [nowMs, 0];
    if (this.#written >= linesASecond) return void this.#unwritten++;
    const unwritten = this.#unwritten;
    [this.#written, this.#unwritten] = [this.#written + 1, 0];
    return unwritten;
  }
}

function write(log: Log, entry: Exclude<JournalEntry, { kind: "refused" }>): void {
  const { kind, ...rest } = entry;
  switch (entry.kind) {
    case "call-arrived":
    case "leg-added":
    case "leg-state":
    case "party-changed":
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
    default:
      return unreachable(entry);
  }
}
