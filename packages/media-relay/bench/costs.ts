import { getHeapStatistics } from "node:v8";

/** What one run of a task costs. */
export type Cost = { readonly nanoseconds: number; readonly bytes: number };

const times = 200_000;
const rounds = 15;

/**
 * CPU nanoseconds and bytes of heap that one run of each task takes: the medians of rounds in which all take turns, so that a
 * busy machine disturbs them alike.
 */
export function costs(tasks: ReadonlyMap<string, () => void>): ReadonlyMap<string, Cost> {
  const figures = new Map(Array.from(tasks.keys(), (name) => [name, [] as Cost[]]));
  for (const run of tasks.values()) spend(run);
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, run] of tasks) figures.get(name)?.push(spend(run));
  }
  return new Map(Array.from(figures, ([name, all]) => [name, medians(all)]));
}

function spend(run: () => void): Cost {
  const bytesBefore = allocatedBytes();
  const before = process.cpuUsage();
  for (let count = 0; count < times; count += 1) run();
  const { user, system } = process.cpuUsage(before);
  return { nanoseconds: ((user + system) * 1000) / times, bytes: (allocatedBytes() - bytesBefore) / times };
}

/** All that this thread has ever allocated; the type of Node 26's figure is not known to its declarations yet. */
const allocatedBytes = (): number =>
  (getHeapStatistics() as unknown as { readonly total_allocated_bytes: number }).total_allocated_bytes;

const medians = (all: readonly Cost[]): Cost => ({
  nanoseconds: median(all.map(({ nanoseconds }) => nanoseconds)),
  bytes: median(all.map(({ bytes }) => bytes)),
});

const median = (figures: readonly number[]): number =>
  figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN;
