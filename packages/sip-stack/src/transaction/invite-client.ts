import { TransactionTimeout, TransportFailed } from "../kernel/errors.ts";
import { type Actions, Machine } from "../kernel/machine.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import type { Flow } from "../transport/transport.ts";
import { ackOfFailure } from "./derived-requests.ts";
import { type InviteClientAction, type InviteClientState, inviteClientTable } from "./tables.ts";
import { Timers } from "./timers.ts";
import type { ClientMachine, ClientUser, TransactionPort } from "./transaction.ts";

type TimerName = "timerA" | "timerB" | "timerD" | "timerM" | "timerOver";
type Event =
  | { readonly type: "provisional" | "success" | "failure"; readonly response: SipResponse }
  | { readonly type: TimerName | "abandon" }
  | { readonly type: "transportError" | "flowClosed"; readonly cause: Error };

function classOf(status: number): "provisional" | "success" | "failure" {
  if (status < 200) return "provisional";
  return status < 300 ? "success" : "failure";
}

/** An INVITE of ours: runs `inviteClientTable`. */
export class InviteClientTransaction implements ClientMachine {
  readonly request: SipRequest;
  readonly #user: ClientUser;
  readonly #port: TransactionPort;
  readonly #timers: Timers<TimerName>;
  readonly #machine: Machine<InviteClientState, Event, InviteClientAction>;
  #repeatMs: number;
  #ack: SipRequest | undefined;

  constructor(request: SipRequest, user: ClientUser, port: TransactionPort) {
    this.request = request;
    this.#user = user;
    this.#port = port;
    this.#timers = new Timers(port.clock);
    this.#repeatMs = port.plan.repeat ?? 0;
    this.#machine = new Machine<InviteClientState, Event, InviteClientAction>(
      inviteClientTable,
      "calling",
      this.#actions(),
    );
  }

  get flow(): Flow {
    return this.#port.flow;
  }

  get state(): InviteClientState {
    return this.#machine.state;
  }

  start(): void {
    this.#port.send(this.request, false);
    if (this.#port.plan.repeat !== undefined) this.#arm("timerA", this.#repeatMs);
    this.#arm("timerB", this.#port.plan.giveUp);
  }

  receive(response: SipResponse): void {
    this.#dispatch({ type: classOf(response.status), response });
  }

  fail(cause: Error, isClosed: boolean): void {
    this.#dispatch({ type: isClosed ? "flowClosed" : "transportError", cause });
  }

  abandon(): void {
    this.#dispatch({ type: "abandon" });
  }

  expire(): void {
    this.#arm("timerOver", this.#port.plan.giveUp);
  }

  stop(): void {
    this.#timers.stopAll();
  }

  #dispatch(event: Event): void {
    if (!this.#machine.dispatch(event) || this.#machine.state !== "terminated") return;
    this.stop();
    this.#port.ended();
  }

  #actions(): Actions<InviteClientAction, Event> {
    return {
      repeat: () => this.#repeat(),
      stopAB: () => {
        this.#timers.stop("timerA");
        this.#timers.stop("timerB");
      },
      startD: () => this.#arm("timerD", this.#port.plan.d),
      startM: () => this.#arm("timerM", this.#port.plan.giveUp),
      ack: (event) => "response" in event && this.#acknowledge(event.response),
      passUp: (event) => "response" in event && this.#user.onResponse(event.response),
      reportTimeout: () => this.#user.onFailure(new TransactionTimeout()),
      reportError: (event) =>
        "cause" in event && this.#user.onFailure(new TransportFailed(undefined, { cause: event.cause })),
    };
  }

  #repeat(): void {
    this.#port.send(this.request, true);
    this.#repeatMs *= 2;
    this.#arm("timerA", this.#repeatMs);
  }

  #acknowledge(response: SipResponse): void {
    const repeated = this.#ack !== undefined;
    this.#ack ??= ackOfFailure(this.request, response);
    this.#port.send(this.#ack, repeated);
  }

  #arm(type: TimerName, delayMs: number): void {
    this.#timers.start(type, delayMs, () => this.#dispatch({ type }));
  }
}
