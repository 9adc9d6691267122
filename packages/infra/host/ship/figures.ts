import { type Sample, sumOf } from "./prometheus.ts";

/** Metrics by their names in CloudWatch. */
export type Figures = { readonly [name: string]: number | undefined };

/** Endings that mean trouble here or in the trunk, as opposed to people's own. */
export const troubles: ReadonlySet<string> = new Set([
  "caller-id-refused",
  "no-common-audio",
  "media-failed",
  "no-resources",
  "trunk-unreachable",
  "trunk-failed",
  "no-ack",
  "server-lost",
  "failed",
]);

const mebibyte = 1024 * 1024;

/** What is so now. */
export function gaugesOf(samples: readonly Sample[] | undefined): Figures {
  if (samples === undefined) return { Alive: 0, TrunkUp: 0 };
  const memory = sumOf(samples, "trunkline_process_resident_memory_bytes");
  return {
    Alive: 1,
    TrunkUp: Number(samples.some(({ name, value }) => name === "trunkline_trunk_up" && value === 1)),
    Calls: sumOf(samples, "trunkline_calls"),
    Registrations: sumOf(samples, "trunkline_registrations"),
    ProcessMemoryMiB: memory === undefined ? undefined : memory / mebibyte,
  };
}

/** What only grows while a server runs. */
export type Counters = { readonly startedAt: number | undefined; readonly counts: Readonly<Record<string, number>> };

export function countersOf(samples: readonly Sample[]): Counters {
  const sum = (name: string, isMeant?: (labels: Sample["labels"]) => boolean): number =>
    sumOf(samples, name, isMeant) ?? 0;
  return {
    startedAt: sumOf(samples, "trunkline_process_start_time_seconds"),
    counts: {
      CallsEnded: sum("trunkline_calls_ended_total"),
      CallsFailed: sum("trunkline_calls_ended_total", ({ code = "" }) => troubles.has(code)),
      TalkMinutes: sum("trunkline_call_talk_seconds_sum") / 60,
      Refused: sum("trunkline_refused_total"),
      RecordsDropped: sum("trunkline_storage_dropped_total"),
    },
  };
}

/** What was counted between two looks; a server that was started again in between has counted from zero. */
export function since(before: Counters, now: Counters): Figures {
  const isAnother = before.startedAt !== now.startedAt;
  const grown = Object.entries(now.counts).map(([name, count]) => {
    const old = isAnother ? 0 : (before.counts[name] ?? 0);
    return [name, count >= old ? count - old : count];
  });
  return Object.fromEntries(grown);
}
