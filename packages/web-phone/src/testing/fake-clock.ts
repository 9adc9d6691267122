import type { Clock } from "../kernel/clock.ts";

type Task = { readonly atMs: number; readonly task: () => void };

/** Turns of the microtask queue given to everything that awaited, between two tasks. */
const turns = 50;

async function settled(): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
}

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  #nowMs = 0;
  #tasks: Task[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, task: () => void): () => void {
    const entry = { atMs: this.#nowMs + delayMs, task };
    this.#tasks.push(entry);
    return () => {
      this.#tasks = this.#tasks.filter((other) => other !== entry);
    };
  }

  /** Tasks that wait: zero once everything that was started has been stopped. */
  get pending(): number {
    return this.#tasks.length;
  }

  /** Moves time on, task by task in order, letting everything that awaited run in between. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    for (;;) {
      await settled();
      const due = this.#tasks.filter((task) => task.atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      this.#tasks = this.#tasks.filter((task) => task !== due);
      this.#nowMs = due.atMs;
      due.task();
    }
    this.#nowMs = endMs;
    await settled();
  }
}
