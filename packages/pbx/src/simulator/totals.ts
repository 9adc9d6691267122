import type { UserAgentCounters } from "@trunkline/sip-stack";

type Counts = Readonly<Record<string, number>>;

/** Adds counts of the same name. */
export function summed(all: readonly Counts[]): Counts {
  const sums = new Map<string, number>();
  for (const counts of all)
    for (const [name, count] of Object.entries(counts)) sums.set(name, (sums.get(name) ?? 0) + count);
  return Object.fromEntries(sums);
}

/** The counters of several user agents as if they were one. */
export function summedCounters(all: readonly UserAgentCounters[]): UserAgentCounters {
  const totals = all.map(({ totals: { refused: _, ...numbers } }) => numbers);
  return {
    live: summed(all.map(({ live }) => live)) as UserAgentCounters["live"],
    totals: {
      ...(summed(totals) as Omit<UserAgentCounters["totals"], "refused">),
      refused: summed(all.map(({ totals: { refused } }) => refused)),
    },
  };
}
