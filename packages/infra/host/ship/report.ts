import type { Clock } from "./clock.ts";
import { embedded } from "./embedded.ts";
import { type Counters, countersOf, type Figures, gaugesOf, since } from "./figures.ts";
import type { Machine } from "./machine.ts";
import { type Fetch, scrape } from "./scrape.ts";

export type ReportParts = {
  readonly clock: Clock;
  readonly fetch: Fetch;
  readonly machine: Machine;
  /** What the metrics are filed under. */
  readonly stack: string;
  /** The folder of the server's data. */
  readonly data: string;
  /** Log lines that were lost, since the start. */
  readonly lost: () => number;
};

/** A minute's figures: the server's, the machine's and our own. */
export class Report {
  readonly #parts: ReportParts;
  #before: Counters | undefined;
  #lostBefore = 0;

  constructor(parts: ReportParts) {
    this.#parts = parts;
  }

  /** The line for CloudWatch; what counts since the last one is left out of the first. */
  async line(): Promise<string> {
    const { clock, fetch, machine, stack, data } = this.#parts;
    const samples = await scrape(fetch, clock);
    const counted = samples === undefined ? {} : this.#counted(countersOf(samples));
    return embedded(stack, clock.nowMs(), {
      ...gaugesOf(samples),
      ...counted,
      MemoryUsedPercent: machine.memoryUsedPercent(),
      DataDiskUsedPercent: await machine.diskUsedPercent(data),
      LogLinesDropped: this.#lost(),
    });
  }

  #counted(now: Counters): Figures {
    const before = this.#before;
    this.#before = now;
    return before === undefined ? {} : since(before, now);
  }

  #lost(): number {
    const lost = this.#parts.lost();
    const grown = lost - this.#lostBefore;
    this.#lostBefore = lost;
    return grown;
  }
}
