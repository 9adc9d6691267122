import { type SipError, TransportFailed } from "../kernel/errors.ts";
import type { Actions } from "../kernel/machine.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import type { Flow } from "../transport/transport.ts";
import { TransactionShell } from "./shell.ts";
import { type ServerAction, type ServerState, serverTable } from "./tables.ts";
import type { ServerMachine, TransactionPort } from "./transaction.ts";

type TimerName = "timerJ" | "unanswered";
type Event =
  | { readonly type: "provisional" | "final"; readonly response: SipResponse }
  | { readonly type: "request" | TimerName }
  | { readonly type: "transportError"; readonly cause: Error };

/** A request of the peer's other than INVITE and ACK: runs `serverTable`. */
export class NonInviteServerTransaction implements ServerMachine {
  readonly request: SipRequest;
  readonly #port: TransactionPort;
  readonly #shell: TransactionShell<ServerState, Event, ServerAction>;
  #last: SipResponse | undefined;
  #onFailure: (error: SipError) => void = () => {};

  constructor(request: SipRequest, port: TransactionPort) {
    this.request = request;
    this.#port = port;
    this.#shell = new TransactionShell<ServerState, Event, ServerAction>(port, serverTable, "trying", this.#actions());
  }

  get flow(): Flow {
    return this.#port.flow;
  }

  get state(): ServerState {
    return this.#shell.state;
  }

  start(): void {
    this.#shell.arm({ type: "unanswered" }, this.#port.plan.giveUp);
  }

  receive(): void {
    this.#shell.dispatch({ type: "request" });
  }

  respond(response: SipResponse): void {
    this.#shell.dispatch({ type: response.status < 200 ? "provisional" : "final", response });
  }

  watch(onFailure: (error: SipError) => void): void {
    this.#onFailure = onFailure;
  }

  fail(cause: Error): void {
    this.#shell.dispatch({ type: "transportError", cause });
  }

  stop(): void {
    this.#shell.stop();
  }

  #actions(): Actions<ServerAction, Event> {
    return {
      send: (event) => "response" in event && this.#send(event.response),
      resend: () => this.#last && this.#port.send(this.#last, true),
      startJ: () => this.#startJ(),
      reportError: (event) =>
        "cause" in event && this.#onFailure(new TransportFailed(undefined, { cause: event.cause })),
    };
  }

  #send(response: SipResponse): void {
    this.#last = response;
    this.#port.send(response, false);
  }

  #startJ(): void {
    this.#shell.disarm("unanswered");
    this.#shell.arm({ type: "timerJ" }, this.#port.plan.j);
  }
}
