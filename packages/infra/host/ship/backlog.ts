import { type Batch, batchOf, fittingIn, type LogLine, limits, lineOf } from "./batch.ts";

/** What may wait in memory, beside the one batch that is under way. */
export type Bounds = { readonly lines: number; readonly bytes: number };

/** Room that is kept for lines of our own. */
const reservedLines = 16;

type Waiter = { readonly isTrue: () => boolean; readonly resolve: () => void };

/** The lines that wait to be sent, bounded: past its bounds the oldest are lost, and counted. */
export class Backlog {
  readonly #bounds: Bounds;
  #lines: LogLine[] = [];
  #bytes = 0;
  #lost = 0;
  #untold = 0;
  #waiters: Waiter[] = [];

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  /** Lines that were lost, since the start. */
  get lost(): number {
    return this.#lost;
  }

  get isEmpty(): boolean {
    return this.#lines.length === 0;
  }

  /** Whether one request cannot carry much more than what waits. */
  get isBatchFull(): boolean {
    return this.#lines.length >= limits.batchLines || this.#bytes > limits.batchBytes - limits.lineBytes;
  }

  /** Whether any line of the journal can come without another being lost. */
  get hasRoom(): boolean {
    const { lines, bytes } = this.#bounds;
    return this.#lines.length + reservedLines < lines && this.#bytes + 2 * limits.lineBytes <= bytes;
  }

  push(line: LogLine): void {
    this.#lines.push(line);
    this.#bytes += line.bytes;
    while (this.#lines.length > this.#bounds.lines || this.#bytes > this.#bounds.bytes) {
      this.#bytes -= this.#lines.shift()?.bytes ?? 0;
      this.lose(1);
    }
    this.look();
  }

  /** Counts lines that were lost; the next batch begins with a line that tells how many. */
  lose(count: number): void {
    this.#lost += count;
    this.#untold += count;
  }

  /** As many of the oldest lines as one request can carry. */
  take(): Batch | undefined {
    const first = this.#lines[0];
    if (first === undefined) return undefined;
    const note = this.#untold > 0 ? [noteOf(this.#untold, first.atMs)] : [];
    const candidates = [...note, ...this.#lines.slice(0, limits.batchLines)];
    const fitting = candidates.slice(0, fittingIn(candidates));
    for (const { bytes } of this.#lines.splice(0, fitting.length - note.length)) this.#bytes -= bytes;
    this.#untold = 0;
    this.look();
    return batchOf(fitting);
  }

  /** Resolves when `isTrue` holds, which is looked at whenever lines come or go, and by `look`. */
  until(isTrue: () => boolean): Promise<void> {
    if (isTrue()) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push({ isTrue, resolve }));
  }

  /** Looks again at what is waited for. */
  look(): void {
    if (this.#waiters.length === 0) return;
    const ready = this.#waiters.filter(({ isTrue }) => isTrue());
    if (ready.length === 0) return;
    this.#waiters = this.#waiters.filter((waiter) => !ready.includes(waiter));
    for (const { resolve } of ready) resolve();
  }
}

/** A line in the server's own form, at the place of those that are missing. */
const noteOf = (count: number, atMs: number) =>
  lineOf(atMs, JSON.stringify({ level: 40, time: atMs, lost: count, msg: `${count} log lines before this were lost` }));
