import { Session } from "node:inspector";
import { setFlagsFromString } from "node:v8";

type Coverage = {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly { readonly ranges: readonly { readonly count: number }[] }[];
  }[];
};

/**
 * Counts work without a clock: how often V8 ran the busiest block of each function of this package's sources. The same
 * input gives the same count on every machine. What a built-in does inside one call is not counted.
 */
export class WorkCounter {
  readonly #session = new Session();

  constructor() {
    // Optimised code that inlines a function now and then loses the function's counts.
    setFlagsFromString("--no-opt");
    setFlagsFromString("--no-maglev");
    this.#session.connect();
    this.#session.post("Profiler.enable");
    this.#session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  }

  /** Forgets what has been counted so far. */
  reset(): void {
    this.#take();
  }

  close(): void {
    this.#session.disconnect();
  }

  /** How much ran while the task did. */
  count(task: () => void): number {
    task();
    return this.#take();
  }

  #take(): number {
    let total = 0;
    this.#session.post("Profiler.takePreciseCoverage", (_, coverage) => {
      for (const { url, functions } of (coverage as unknown as Coverage).result) {
        if (!url.includes("/sip-stack/src/")) continue;
        for (const { ranges } of functions) total += Math.max(...ranges.map(({ count }) => count));
      }
    });
    return total;
  }
}
