import type { Clock } from "../kernel/clock.ts";
import type { Stage } from "./stage.ts";

/** When something was last heard; tells of the first packet. */
export class Ear {
  #lastMs: number | undefined;
  readonly #clock: Clock;
  readonly #onFirst: () => void;
  constructor(clock: Clock, onFirst: () => void) {
    this.#clock = clock;
    this.#onFirst = onFirst;
  }

  /** When the last packet came; `undefined` before the first. */
  get lastMs(): number | undefined {
    return this.#lastMs;
  }

  readonly stage: Stage = (next) => (packet) => {
    const isFirst = this.#lastMs === undefined;
    this.#lastMs = this.#clock.nowMs();
    if (isFirst) this.#onFirst();
    next(packet);
  };
}
