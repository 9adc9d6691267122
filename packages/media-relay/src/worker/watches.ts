import type { LegId } from "../leg/leg.ts";

/** Who waits for the end of a leg's join, one for each leg. */
export class Watches {
  readonly #tasks = new Map<LegId, () => void>();

  /** Runs `task` once, when that leg is told of; the returned function stops waiting. */
  add(leg: LegId, task: () => void): () => void {
    this.#tasks.set(leg, task);
    return () => {
      if (this.#tasks.get(leg) === task) this.#tasks.delete(leg);
    };
  }

  /** The joins of these legs are over. */
  tell(...legs: readonly LegId[]): void {
    for (const leg of legs) {
      const task = this.#tasks.get(leg);
      this.#tasks.delete(leg);
      task?.();
    }
  }

  tellAll(): void {
    this.tell(...this.#tasks.keys());
  }
}
