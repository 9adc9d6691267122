import type { Moment } from "../kernel/moment.ts";
import type { Stage } from "./stage.ts";

/** When something was last heard, and the longest time between two packets while media was expected; tells of what is news. */
export class Receiver {
  #hasHeard = false;
  #isNextNews = true;
  #isExpecting = false;
  #lastMs = 0;
  /** The packet before the next one; later than any when the next one ends no gap. */
  #gapFromMs = Number.POSITIVE_INFINITY;
  #longestGapMs = 0;
  readonly #moment: Moment;
  readonly #onNews: (isFirst: boolean) => void;
  /** @param onNews hears of the first packet, and of the next one after `tellNext` */
  constructor(moment: Moment, onNews: (isFirst: boolean) => void) {
    this.#moment = moment;
    this.#onNews = onNews;
  }

  tellNext(): void {
    this.#isNextNews = true;
  }

  /** When the last packet came; `undefined` before the first. */
  get lastMs(): number | undefined {
    return this.#hasHeard ? this.#lastMs : undefined;
  }

  /** From now on packets are expected, or, as on hold, are not. */
  expect(isExpecting: boolean): void {
    if (!isExpecting) this.#gapFromMs = Number.POSITIVE_INFINITY;
    this.#isExpecting = isExpecting;
  }

  /** The longest time between packets, the one that is going on included. */
  longestGapMs(nowMs: number): number {
    return Math.max(this.#longestGapMs, nowMs - this.#gapFromMs);
  }

  readonly stage: Stage = (next) => (packet) => {
    this.#hear(this.#moment.nowMs);
    next(packet);
  };

  #hear(nowMs: number): void {
    this.#lastMs = nowMs;
    if (this.#isExpecting) this.#measureGap(nowMs);
    if (!this.#isNextNews) return;
    this.#isNextNews = false;
    const isFirst = !this.#hasHeard;
    this.#hasHeard = true;
    this.#onNews(isFirst);
  }
  #measureGap(nowMs: number): void {
    const gapMs = nowMs - this.#gapFromMs;
    if (gapMs > this.#longestGapMs) this.#longestGapMs = gapMs;
    this.#gapFromMs = nowMs;
  }
}
