import type { Log } from "./log.ts";

export type ShutdownOptions = {
  /** Takes no new calls; resolves when those that are up are over, after `limitMs`, or when `hurry` is aborted. */
  readonly drain: (limitMs: number, hurry: AbortSignal) => Promise<void>;
  /** Ends the calls that are left, with a reason, and everything else. */
  readonly close: () => Promise<void>;
  readonly log: Log;
};

/** The way down: the calls that are up go on for a while, then everything ends. */
export class Shutdown {
  readonly #options: ShutdownOptions;
  readonly #hurry = new AbortController();
  #ended: Promise<void> | undefined;

  constructor(options: ShutdownOptions) {
    this.#options = options;
  }

  get isUnderWay(): boolean {
    return this.#ended !== undefined;
  }

  /** Begins it, once. @param seconds how long calls may go on @returns resolves when all is over */
  begin(seconds: number): Promise<void> {
    this.#ended ??= this.#run(seconds);
    return this.#ended;
  }

  /** Waits for no call any more. */
  hurry(): void {
    this.#hurry.abort();
  }

  async #run(seconds: number): Promise<void> {
    const { drain, close, log } = this.#options;
    log.info({ seconds }, "stopping");
    await drain(seconds * 1000, this.#hurry.signal);
    await close();
    log.info("stopped");
  }
}
