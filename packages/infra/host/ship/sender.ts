import type { Backlog } from "./backlog.ts";
import type { Batch } from "./batch.ts";
import { type Clock, pauseAfter } from "./clock.ts";
import { wordsOf } from "./complaints.ts";
import { isHopeless, type LogStream } from "./stream.ts";

export type SenderParts = {
  readonly backlog: Backlog;
  readonly clock: Clock;
  readonly stream: Pick<LogStream, "put">;
  /** Keeps the place up to which everything has arrived. */
  readonly keep: (cursor: string) => Promise<void>;
  readonly complain: (words: string) => void;
};

/** The pauses before so many attempts come to 63 s. */
const stuckAfter = 7;
const gatherMs = 2000;
const answerWithinMs = 30_000;
const stopWithinMs = 5000;
const pauseAtStopMs = 500;

/** Sends what waits in batches, one at a time, each until it has arrived. */
export class Sender {
  readonly #parts: SenderParts;
  #failures = 0;
  #isStopping = false;
  #isOver = false;
  #request = new AbortController();

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  /** Whether nothing has arrived for a minute and more. */
  get isStuck(): boolean {
    return this.#failures >= stuckAfter;
  }

  /** Runs until it is stopped and what was there has arrived, or the time for that is over. */
  async run(): Promise<void> {
    const { backlog } = this.#parts;
    while (!this.#isOver) {
      await backlog.until(() => !backlog.isEmpty || this.#isStopping);
      if (backlog.isEmpty) return;
      await this.#wait(gatherMs, () => backlog.isBatchFull || this.#isStopping);
      const batch = backlog.take();
      if (batch !== undefined) await this.#deliver(batch);
    }
  }

  /** What is there is sent at once; 5 s later it is over. */
  stop(): void {
    this.#isStopping = true;
    this.#parts.clock.after(stopWithinMs, () => {
      this.#isOver = true;
      this.#request.abort(new Error("stopped"));
      this.#parts.backlog.look();
    });
    this.#parts.backlog.look();
  }

  async #deliver(batch: Batch): Promise<void> {
    while (!this.#isOver) {
      const refused = await this.#attempt(batch).catch((fault: unknown) => this.#failed(fault, batch));
      if (refused !== undefined) return this.#settle(batch, refused);
      await this.#pause();
    }
  }

  /** @returns how many lines will never be taken, or nothing when they are to be sent again */
  #failed(fault: unknown, { lines }: Batch): number | undefined {
    this.#parts.complain(`CloudWatch Logs took no lines: ${wordsOf(fault)}`);
    return isHopeless(fault) ? lines.length : undefined;
  }

  async #settle({ cursor }: Batch, refused: number): Promise<void> {
    this.#failures = 0;
    if (refused > 0) {
      this.#parts.backlog.lose(refused);
      this.#parts.complain(`${refused} lines were refused: they are too old, of the future or not as they must be`);
    }
    if (cursor !== undefined) await this.#parts.keep(cursor);
  }

  async #attempt({ lines }: Batch): Promise<number> {
    this.#request = new AbortController();
    const { signal } = this.#request;
    const words = `no answer within ${answerWithinMs / 1000} s`;
    const cancel = this.#parts.clock.after(answerWithinMs, () => this.#request.abort(new Error(words)));
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
    try {
      return await Promise.race([this.#parts.stream.put(lines, signal), aborted]);
    } finally {
      cancel();
    }
  }

  /** A stop ends a pause early, but does not make a rush of the attempts that are left. */
  async #pause(): Promise<void> {
    this.#failures++;
    const wasStopping = this.#isStopping;
    const pauseMs = wasStopping ? pauseAtStopMs : pauseAfter(this.#failures);
    await this.#wait(pauseMs, () => this.#isOver || (this.#isStopping && !wasStopping));
  }

  async #wait(ms: number, isEarly: () => boolean): Promise<void> {
    const { backlog, clock } = this.#parts;
    let isDue = false;
    const cancel = clock.after(ms, () => {
      isDue = true;
      backlog.look();
    });
    await backlog.until(() => isDue || isEarly());
    cancel();
  }
}
