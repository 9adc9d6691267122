import {
  acknowledges,
  type ReliableAction,
  type ReliableEvent,
  type ReliableState,
  reliableTable,
} from "../dialog/reliable.ts";
import { Machine, type Program } from "../kernel/machine.ts";
import { random32 } from "../kernel/random.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import { Timers } from "../transaction/timers.ts";
import type { ServerTransaction } from "../transaction/transaction.ts";
import type { ResponseOptions } from "./call.ts";
import type { Core } from "./core.ts";

/** What reliable provisionals lead to. */
export type ReliableUser = {
  /** Sends a provisional with these headers and returns what was sent. */
  respond(status: number, options: ResponseOptions): SipResponse;
  /** The PRACK of `response` has come. */
  acknowledged(response: SipResponse, prack: SipRequest): void;
  /** No PRACK came within 64*T1. */
  missing(): void;
};

type Ring = { readonly status: number; readonly options: ResponseOptions };
type Event = { readonly type: ReliableEvent; readonly ring?: Ring; readonly prack?: SipRequest };

const maxQueued = 8;

/** Sends provisionals of one INVITE reliably, RFC 3262 section 3: runs `reliableTable`. */
export class ReliableRings {
  static readonly #program: Program<ReliableState, Event, ReliableAction, ReliableRings> = {
    table: reliableTable,
    initial: "clear",
    actions: {
      send: (own, { ring }) => ring && own.#send(ring),
      queue: (own, { ring }) => ring && own.#queue.length < maxQueued && own.#queue.push(ring),
      resend: (own) => own.#resend(),
      settle: (own, { prack }) => own.#response && prack && own.#user.acknowledged(own.#response, prack),
      sendNext: (own) => queueMicrotask(() => own.#sendNext()),
      stop: (own) => own.#timers.stopAll(),
      reportMissing: (own) => own.#user.missing(),
    },
  };

  readonly #core: Core;
  readonly #transaction: ServerTransaction;
  readonly #user: ReliableUser;
  readonly #timers: Timers<"repeat" | "giveUp">;
  readonly #machine: Machine<ReliableState, Event, ReliableAction, ReliableRings>;
  readonly #queue: Ring[] = [];
  #rseq: number;
  #response: SipResponse | undefined;
  #intervalMs = 0;

  constructor(core: Core, transaction: ServerTransaction, user: ReliableUser) {
    this.#core = core;
    this.#transaction = transaction;
    this.#user = user;
    this.#timers = new Timers(core.clock);
    // RFC 3262 section 3: from 1 to 2^31 - 1, chosen at random; fewer bits leave room to count on.
    this.#rseq = 1 + (random32(core.random) >>> 4);
    this.#machine = new Machine(ReliableRings.#program, this);
  }

  /** Whether a response waits for its PRACK: a 2xx has to wait too. */
  get isPending(): boolean {
    return this.#machine.state === "pending" || this.#queue.length > 0;
  }

  ring(status: number, options: ResponseOptions): void {
    this.#machine.dispatch({ type: "ring", ring: { status, options } });
  }

  /** Takes a PRACK; false when it acknowledges nothing that waits. */
  receive(prack: SipRequest): boolean {
    const isOurs = this.#response !== undefined && acknowledges(prack, this.#rseq, this.#response);
    return isOurs && this.#machine.dispatch({ type: "prack", prack });
  }

  close(): void {
    this.#queue.length = 0;
    this.#machine.dispatch({ type: "close" });
  }

  #send({ status, options }: Ring): void {
    this.#rseq += 1;
    const reliable: [string, string][] = [
      ["Require", "100rel"],
      ["RSeq", String(this.#rseq)],
    ];
    this.#response = this.#user.respond(status, { ...options, headers: [...reliable, ...(options.headers ?? [])] });
    this.#repeatAfter(this.#core.timers.t1);
    this.#timers.start("giveUp", 64 * this.#core.timers.t1, () => this.#machine.dispatch({ type: "giveUp" }));
  }

  #repeatAfter(delayMs: number): void {
    this.#intervalMs = delayMs;
    this.#timers.start("repeat", delayMs, () => this.#machine.dispatch({ type: "repeat" }));
  }

  #resend(): void {
    if (this.#response !== undefined) this.#transaction.respond(this.#response);
    this.#repeatAfter(this.#intervalMs * 2);
  }

  #sendNext(): void {
    const next = this.#queue.shift();
    if (next !== undefined) this.#machine.dispatch({ type: "ring", ring: next });
  }
}
