import type { Clock } from "../kernel/clock.ts";

const beatMs = 5000;
/**
 * Two in a row: when the thread that asks was itself held up, answers lie there unread at the first beat, and are read
 * before the second.
 */
const mostMissed = 2;

/** Asks a thread for a sign of life every five seconds. One that hangs neither answers nor ends, and is of no more use. */
export class Pulse {
  readonly #ask: () => Promise<unknown>;
  readonly #clock: Clock;
  readonly #onDead: () => void;
  #missed = 0;
  #cancel: () => void = () => {};
  /** @param onDead called once, when the thread was silent for ten seconds or a little more. */
  constructor(ask: () => Promise<unknown>, clock: Clock, onDead: () => void) {
    this.#ask = ask;
    this.#clock = clock;
    this.#onDead = onDead;
    this.#beat();
  }

  stop(): void {
    this.#cancel();
  }

  #beat(): void {
    let isAnswered = false;
    const answered = (): void => {
      isAnswered = true;
    };
    // A thread that is gone says so itself.
    this.#ask().then(answered, answered);
    this.#cancel = this.#clock.after(beatMs, () => {
      this.#missed = isAnswered ? 0 : this.#missed + 1;
      if (this.#missed === mostMissed) this.#onDead();
      else this.#beat();
    });
  }
}
