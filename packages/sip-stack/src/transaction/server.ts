import { type SipError, TransportFailed } from "../kernel/errors.ts";
import { type Actions, Machine } from "../kernel/machine.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import type { Flow } from "../transport/transport.ts";
import { type ServerAction, type ServerState, serverTable } from "./tables.ts";
import { Timers } from "./timers.ts";
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
  readonly #timers: Timers<TimerName>;
  readonly #machine: Machine<ServerState, Event, ServerAction>;
  #last: SipResponse | undefined;
  #onFailure: (error: SipError) => void = () => {};

  constructor(request: SipRequest, port: TransactionPort) {
    this.request = request;
    this.#port = port;
    this.#timers = new Timers(port.clock);
    this.#machine = new Machine<ServerState, Event, ServerAction>(serverTable, "trying", this.#actions());
  }

  get flow(): Flow {
    return this.#port.flow;
  }

  get state(): ServerState {
    return this.#machine.state;
  }

  start(): void {
    this.#arm("unanswered", this.#port.plan.giveUp);
  }

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
    this.#timers.stop("unanswered");
    this.#arm("timerJ", this.#port.plan.j);
  }

  #arm(type: TimerName, delayMs: number): void {
    this.#timers.start(type, delayMs, () => this.#dispatch({ type }));
  }
}
