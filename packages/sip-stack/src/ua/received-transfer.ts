import { cseqNumber } from "../dialog/dialog.ts";
import type { Clock } from "../kernel/clock.ts";
import { Machine, type Program } from "../kernel/machine.ts";
import type { SipRequest } from "../message/message.ts";
import { Timers } from "../transaction/timers.ts";
import type { IncomingTransfer, Outcome, RequestOptions, ResponseOptions } from "./call.ts";
import { fragmentOf } from "./transfer.ts";
import { type TransferAction, type TransferEvent, type TransferState, transferTable } from "./transfer-table.ts";

/** What a transfer uses of its dialog. */
export type TransferPort = {
  readonly clock: Clock;
  respond(status: number, options: ResponseOptions): void;
  notify(options: RequestOptions): Promise<Outcome>;
  forget(): void;
};

type Event = {
  readonly type: TransferEvent;
  readonly status: number;
  readonly reason?: string | undefined;
  readonly options?: ResponseOptions;
};

const expiresS = 300;

/** Runs `transferTable`; its NOTIFYs go out one after the other, so that none overtakes another. */
export class ReceivedTransfer implements IncomingTransfer {
  static readonly #program: Program<TransferState, Event, TransferAction, ReceivedTransfer> = {
    table: transferTable,
    initial: "offered",
    actions: {
      respond: (own, { status, options }) => own.#port.respond(status, options ?? {}),
      notify: (own, { type, status, reason }) =>
        own.#notify(type === "accept" ? 100 : status, reason, `active;expires=${expiresS}`),
      notifyLast: (own, { type, status, reason }) =>
        own.#notify(status, reason, `terminated;reason=${type === "expired" ? "timeout" : "noresource"}`),
      startExpiry: (own) =>
        own.#timers.start("expired", expiresS * 1000, () => own.#machine.dispatch({ type: "expired", status: 408 })),
      stop: (own) => own.#timers.stopAll(),
      forget: (own) => own.#port.forget(),
    },
  };

  readonly request: SipRequest;
  readonly target: string;
  readonly replaces: string | undefined;
  readonly #port: TransferPort;
  readonly #timers: Timers<"expired">;
  readonly #machine: Machine<TransferState, Event, TransferAction, ReceivedTransfer>;
  #last: Promise<void> = Promise.resolve();

  constructor(request: SipRequest, to: Pick<IncomingTransfer, "target" | "replaces">, port: TransferPort) {
    this.request = request;
    this.target = to.target;
    this.replaces = to.replaces;
    this.#port = port;
    this.#timers = new Timers(port.clock);
    this.#machine = new Machine(ReceivedTransfer.#program, this);
  }

  get open(): boolean {
    return this.#machine.state === "offered";
  }

  accept(): void {
    this.#machine.dispatch({ type: "accept", status: 202 });
  }

  reject(status: number, options: ResponseOptions = {}): void {
    this.#machine.dispatch({ type: "reject", status: Math.max(300, status), options });
  }

  progress(status: number, reason?: string): void {
    this.#machine.dispatch({ type: "progress", status, reason });
  }

  done(status: number, reason?: string): void {
    this.#machine.dispatch({ type: "done", status, reason });
  }

  /** The dialog is over. */
  close(): void {
    this.#machine.dispatch({ type: "close", status: 481 });
  }

  #notify(status: number, reason: string | undefined, state: string): void {
    const headers: [string, string][] = [
      ["Event", `refer;id=${cseqNumber(this.request)}`],
      ["Subscription-State", state],
    ];
    this.#last = this.#last.then(() => this.#send({ headers, body: fragmentOf(status, reason) }));
  }

  async #send(options: RequestOptions): Promise<void> {
    const outcome = await this.#port.notify(options);
    if (!outcome.ok || outcome.response.status >= 400) this.#machine.dispatch({ type: "refused", status: 481 });
  }
}
