import { cseqNumber } from "../dialog/dialog.ts";
import type { Clock } from "../kernel/clock.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import { type TimerBase, Timers } from "../transaction/timers.ts";
import type { ServerTransaction } from "../transaction/transaction.ts";

/** What waiting for an ACK leads to: one of `acknowledged` and `missing`. */
export type AckUser = {
  acknowledged(ack: SipRequest): void;
  /** 64*T1 have passed: the peer will not acknowledge. */
  missing(): void;
  /** 3 s have passed. */
  late?(): void;
};

type Waiting = { readonly timers: Timers<"repeat" | "late" | "missing">; readonly user: AckUser };

const lateMs = 3000;

/** Repeats each 2xx to an INVITE of one dialog until its ACK comes, RFC 3261 section 13.3.1.4: after T1, doubling to T2. */
export class AckWaits {
  readonly #clock: Clock;
  readonly #base: TimerBase;
  readonly #waiting = new Map<number, Waiting>();

  constructor(clock: Clock, base: TimerBase) {
    this.#clock = clock;
    this.#base = base;
  }

  /** Waits for the ACK of a 2xx that has just been sent. */
  start(transaction: ServerTransaction, response: SipResponse, user: AckUser): void {
    const number = cseqNumber(response);
    const timers: Waiting["timers"] = new Timers(this.#clock);
    const repeatAfter = (delayMs: number): void =>
      timers.start("repeat", delayMs, () => {
        transaction.respond(response);
        repeatAfter(Math.min(delayMs * 2, this.#base.t2));
      });
    repeatAfter(this.#base.t1);
    timers.start("late", lateMs, () => user.late?.());
    timers.start("missing", 64 * this.#base.t1, () => this.#end(number)?.missing());
    this.#waiting.set(number, { timers, user });
  }

  /** Takes an ACK; one that nobody waits for any more is ignored. */
  receive(ack: SipRequest): void {
    this.#end(cseqNumber(ack))?.acknowledged(ack);
  }

  /** Waits for nothing any more. */
  close(): void {
    for (const number of this.#waiting.keys()) this.#end(number);
  }

  #end(number: number): AckUser | undefined {
    const waiting = this.#waiting.get(number);
    this.#waiting.delete(number);
    waiting?.timers.stopAll();
    return waiting?.user;
  }
}
