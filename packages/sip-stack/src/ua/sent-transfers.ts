import type { Clock } from "../kernel/clock.ts";
import type { SipRequest } from "../message/message.ts";
import { Timers } from "../transaction/timers.ts";
import type { TransferUser } from "./call.ts";
import { isLast, readFragment, referEventId } from "./transfer.ts";

type Sent = { readonly user: TransferUser; readonly timers: Timers<"silence"> };

const longestSilenceMs = 360_000;

/** The subscriptions that our REFERs in one dialog made, by the CSeq number of the REFER, RFC 3515 section 2.4.6. */
export class SentTransfers {
  readonly #clock: Clock;
  readonly #sent = new Map<number, Sent>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(id: number, user: TransferUser): void {
    this.#sent.set(id, { user, timers: new Timers(this.#clock) });
    this.#watch(id);
  }

  /** The REFER was refused: nothing will be reported. */
  drop(id: number): void {
    this.#sent.get(id)?.timers.stopAll();
    this.#sent.delete(id);
  }

  /** Takes a NOTIFY; false when it belongs to none of them. */
  receive(notify: SipRequest): boolean {
    const id = this.#find(referEventId(notify));
    const sent = id === undefined ? undefined : this.#sent.get(id);
    if (id === undefined || sent === undefined) return false;
    const told = readFragment(notify);
    if (isLast(notify) || (told !== undefined && told.status >= 200)) this.#finish(id, told?.status);
    else {
      this.#watch(id);
      if (told !== undefined) sent.user.onProgress?.(told.status, told.reason);
    }
    return true;
  }

  /** The dialog is over. */
  close(): void {
    for (const id of this.#sent.keys()) this.#finish(id, undefined);
  }

  #find(id: string | undefined): number | undefined {
    return id === "" && this.#sent.size === 1 ? this.#sent.keys().next().value : id === undefined ? id : Number(id);
  }

  #watch(id: number): void {
    this.#sent.get(id)?.timers.start("silence", longestSilenceMs, () => this.#finish(id, undefined));
  }

  #finish(id: number, status: number | undefined): void {
    const sent = this.#sent.get(id);
    this.drop(id);
    if (sent !== undefined)
      queueMicrotask(() => sent.user.onDone(status !== undefined && status < 200 ? undefined : status));
  }
}
