import type { Clock } from "../kernel/clock.ts";

type Task = { readonly atMs: number; readonly run: () => void };

/** Lets everything that awaits run on until nothing but time or the network could move it. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A clock that stands still until a test moves it: minutes of protocol pass in milliseconds. */
export class FakeClock implements Clock {
  #nowMs = 0;
  #tasks: Task[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): () => void {
    const task = { atMs: this.#nowMs + Math.max(0, delayMs), run };
    const later = this.#tasks.findIndex((other) => other.atMs > task.atMs);
    this.#tasks.splice(later === -1 ? this.#tasks.length : later, 0, task);
    return () => {
      this.#tasks = this.#tasks.filter((other) => other !== task);
    };
  }

  /** Tasks that have not run yet. */
  get pending(): number {
    return this.#tasks.length;
  }

  /**
   * Moves time on by `ms` and runs what falls due, in order. Between two tasks everything that awaited gets its
   * turn, so that an await never reorders two events.
   */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    await settled();
    for (let task = this.#due(endMs); task !== undefined; task = this.#due(endMs)) {
      this.#nowMs = task.atMs;
      task.run();
      await settled();
    }
    this.#nowMs = endMs;
  }

  #due(endMs: number): Task | undefined {
    const first = this.#tasks[0];
    return first !== undefined && first.atMs <= endMs ? this.#tasks.shift() : undefined;
  }
}
