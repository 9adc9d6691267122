import { type SipError, TransportFailed } from "../kernel/errors.ts";
import { Machine } from "../kernel/machine.ts";
import { unreachable } from "../kernel/unreachable.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import type { Flow } from "../transport/transport.ts";
import { type ServerAction, type ServerState, serverTable } from "./tables.ts";
import { Timers } from "./timers.ts";
import type { ServerMachine, TransactionPort } from "./transaction.ts";

type Event =
  | { readonly type: "provisional" | "final"; readonly response: SipResponse }
  | { readonly type: "request" | "timerJ" }
  | { readonly type: "transportError"; readonly cause: Error };

/** A request of the peer's other than INVITE and ACK: runs `serverTable`. */
export class NonInviteServerTransaction implements ServerMachine {
  readonly request: SipRequest;
  readonly #port: TransactionPort;
  readonly #timers: Timers<"timerJ">;
  readonly #machine: Machine<ServerState, Event, ServerAction>;
  #last: SipResponse | undefined;
  #onFailure: (error: SipError) => void = () => {};

  constructor(request: SipRequest, port: TransactionPort) {
    this.request = request;
    this.#port = port;
    this.#timers = new Timers(port.clock);
    this.#machine = new Machine<ServerState, Event, ServerAction>(serverTable, "trying", (action, event) =>
      this.#act(action, event),
    );
  }

  get flow(): Flow {
    return this.#port.flow;
  }

  get state(): ServerState {
    return this.#machine.state;
  }

  /** Nothing runs before the first response. */
  start(): void {}

  receive(): void {
    this.#dispatch({ type: "request" });
  }

  respond(response: SipResponse): void {
    this.#dispatch({ type: response.status < 200 ? "provisional" : "final", response });
  }

  watch(onFailure: (error: SipError) => void): void {
    this.#onFailure = onFailure;
  }

  fail(cause: Error): void {
    this.#dispatch({ type: "transportError", cause });
  }

  stop(): void {
    this.#timers.stopAll();
  }

  #dispatch(event: Event): void {
    if (!this.#machine.dispatch(event) || this.#machine.state !== "terminated") return;
    this.stop();
    this.#port.ended();
  }

  #act(action: ServerAction, event: Event): void {
    switch (action) {
      case "send":
        return "response" in event ? this.#send(event.response) : undefined;
      case "resend":
        return this.#last === undefined ? undefined : this.#port.send(this.#last, true);
      case "startJ":
        return this.#timers.start("timerJ", this.#port.plan.j, () => this.#dispatch({ type: "timerJ" }));
      case "reportError":
        return "cause" in event ? this.#onFailure(new TransportFailed(undefined, { cause: event.cause })) : undefined;
      default:
        return unreachable(action);
    }
  }

  #send(response: SipResponse): void {
    this.#last = response;
    this.#port.send(response, false);
  }
}
