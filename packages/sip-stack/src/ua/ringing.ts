import type { Clock } from "../kernel/clock.ts";
import { Timers } from "../transaction/timers.ts";

/** What ringing leads to while the application waits. */
export type RingingUser = {
  /** The last 18x is to be sent once more. */
  repeat(): void;
  /** It has rung for as long as it may. */
  tooLong(): void;
};

const repeatMs = 60_000;

/** An INVITE that waits for its final answer, RFC 3261 section 13.3.1.1: 18x every minute, and not for ever. */
export class Ringing {
  readonly #timers: Timers<"repeat" | "bound">;
  readonly #user: RingingUser;

  constructor(clock: Clock, boundMs: number, user: RingingUser) {
    this.#timers = new Timers(clock);
    this.#user = user;
    this.#timers.start("bound", boundMs, () => user.tooLong());
  }

  /** An 18x has just been sent: proxies would forget the call after three minutes of silence. */
  rang(): void {
    this.#timers.start("repeat", repeatMs, () => {
      this.#user.repeat();
      this.rang();
    });
  }

  stop(): void {
    this.#timers.stopAll();
  }
}
