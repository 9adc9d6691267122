import { TransactionTimeout, TransportFailed } from "../kernel/errors.ts";
import type { Actions } from "../kernel/machine.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import type { Flow } from "../transport/transport.ts";
import { ackOfFailure } from "./derived-requests.ts";
import { responseClass } from "./response-class.ts";
import { TransactionShell } from "./shell.ts";
import { type InviteClientAction, type InviteClientState, inviteClientTable } from "./tables.ts";
import type { ClientMachine, ClientUser, TransactionPort } from "./transaction.ts";

type TimerName = "timerA" | "timerB" | "timerD" | "timerM" | "timerOver";
type Event =
  | { readonly type: "provisional" | "success" | "failure"; readonly response: SipResponse }
  | { readonly type: TimerName | "abandon" }
  | { readonly type: "transportError" | "flowClosed"; readonly cause: Error };

/** An INVITE of ours: runs `inviteClientTable`. */
export class InviteClientTransaction implements ClientMachine {
  readonly request: SipRequest;
  readonly #user: ClientUser;
  readonly #port: TransactionPort;
  readonly #shell: TransactionShell<InviteClientState, Event, InviteClientAction>;
  #repeatMs: number;
  #ack: SipRequest | undefined;

  constructor(request: SipRequest, user: ClientUser, port: TransactionPort) {
    this.request = request;
    this.#user = user;
    this.#port = port;
    this.#repeatMs = port.plan.repeat ?? 0;
    this.#shell = new TransactionShell<InviteClientState, Event, InviteClientAction>(
      port,
      inviteClientTable,
      "calling",
      this.#actions(),
    );
  }

  get flow(): Flow {
    return this.#port.flow;
  }

  get state(): InviteClientState {
    return this.#shell.state;
  }

  start(): void {
    this.#port.send(this.request, false);
    if (this.#port.plan.repeat !== undefined) this.#shell.arm({ type: "timerA" }, this.#repeatMs);
    this.#shell.arm({ type: "timerB" }, this.#port.plan.giveUp);
  }

  receive(response: SipResponse): void {
    this.#shell.dispatch({ type: responseClass(response.status), response });
  }

  fail(cause: Error, isClosed: boolean): void {
    this.#shell.dispatch({ type: isClosed ? "flowClosed" : "transportError", cause });
  }

  abandon(): void {
    this.#shell.dispatch({ type: "abandon" });
  }

  expire(): void {
    this.#shell.arm({ type: "timerOver" }, this.#port.plan.giveUp);
  }

  stop(): void {
    this.#shell.stop();
  }

  #actions(): Actions<InviteClientAction, Event> {
    return {
      repeat: () => this.#repeat(),
      stopAB: () => this.#shell.disarm("timerA", "timerB"),
      startD: () => this.#shell.arm({ type: "timerD" }, this.#port.plan.d),
      startM: () => this.#shell.arm({ type: "timerM" }, this.#port.plan.giveUp),
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
    this.#shell.arm({ type: "timerA" }, this.#repeatMs);
  }

  #acknowledge(response: SipResponse): void {
    const repeated = this.#ack !== undefined;
    this.#ack ??= ackOfFailure(this.request, response);
    this.#port.send(this.#ack, repeated);
  }
}
