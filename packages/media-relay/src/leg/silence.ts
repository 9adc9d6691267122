import type { Silence } from "./leg.ts";

/** Shorter silences are not worth a word: a talker may suppress silence between reports. */
const noticeFromSeconds = 3;

/** Knows since when nothing was heard; separate for the three parts of a call (day-one row 16). */
export class SilenceWatch {
  #phase: Silence["phase"] | undefined;
  #sinceMs = 0;

  /** The stream was agreed, or agreed anew. */
  expect(nowMs: number, phase: Silence["phase"]): void {
    if (this.#phase === phase) return;
    this.#phase = phase;
    this.#sinceMs = nowMs;
  }

  /** Something was heard: a packet of the stream, or a report. */
  heard(atMs: number): void {
    this.#sinceMs = Math.max(this.#sinceMs, atMs);
  }

  /** The present silence when it has lasted for a while. */
  check(nowMs: number): Silence | undefined {
    const seconds = Math.floor((nowMs - this.#sinceMs) / 1000);
    return this.#phase === undefined || seconds < noticeFromSeconds ? undefined : { phase: this.#phase, seconds };
  }
}
