import { TransactionTimeout, TransportFailed } from "../kernel/errors.ts";
import { type Actions, Machine } from "../kernel/machine.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import type { Flow } from "../transport/transport.ts";
import { type ClientAction, type ClientState, clientTable } from "./tables.ts";
import { Timers } from "./timers.ts";
import type { ClientMachine, ClientUser, TransactionPort } from "./transaction.ts";

type Event =
  | { readonly type: "provisional" | "final"; readonly response: SipResponse }
  | { readonly type: "timerE" | "timerF" | "timerK" }
  | { readonly type: "transportError"; readonly cause: Error };

/** A request of ours other than INVITE and ACK: runs `clientTable`. */
export class NonInviteClientTransaction implements ClientMachine {
  readonly request: SipRequest;
  readonly #user: ClientUser;
  readonly #port: TransactionPort;
  readonly #timers: Timers<"timerE" | "timerF" | "timerK">;
  readonly #machine: Machine<ClientState, Event, ClientAction>;
  #repeatMs: number;

  constructor(request: SipRequest, user: ClientUser, port: TransactionPort) {
    this.request = request;
    this.#user = user;
    this.#port = port;
    this.#timers = new Timers(port.clock);
    this.#repeatMs = port.plan.repeat ?? 0;
    this.#machine = new Machine<ClientState, Event, ClientAction>(clientTable, "trying", this.#actions());
  }

  get flow(): Flow {
    return this.#port.flow;
  }

  get state(): ClientState {
    return this.#machine.state;
  }

  start(): void {
    this.#port.send(this.request, false);
    if (this.#port.plan.repeat !== undefined) this.#arm("timerE", this.#repeatMs);
    this.#arm("timerF", this.#port.plan.giveUp);
  }

  receive(response: SipResponse): void {
    this.#dispatch({ type: response.status < 200 ? "provisional" : "final", response });
  }

  fail(cause: Error): void {
    this.#dispatch({ type: "transportError", cause });
  }

  /** Only an INVITE waits for longer than timer F: nothing to give up. */
  abandon(): void {}

  expire(): void {}

  stop(): void {
    this.#timers.stopAll();
  }

  #dispatch(event: Event): void {
    if (!this.#machine.dispatch(event) || this.#machine.state !== "terminated") return;
    this.stop();
    this.#port.ended();
  }

  #actions(): Actions<ClientAction, Event> {
    return {
      repeat: () => this.#repeat(Math.min(this.#repeatMs * 2, this.#port.plan.t2)),
      repeatSlowly: () => this.#repeat(this.#port.plan.t2),
      stopEF: () => {
        this.#timers.stop("timerE");
        this.#timers.stop("timerF");
      },
      startK: () => this.#arm("timerK", this.#port.plan.k),
      passUp: (event) => "response" in event && this.#user.onResponse(event.response),
      reportTimeout: () => this.#user.onFailure(new TransactionTimeout()),
      reportError: (event) =>
        "cause" in event && this.#user.onFailure(new TransportFailed(undefined, { cause: event.cause })),
    };
  }

  #repeat(nextMs: number): void {
    this.#port.send(this.request, true);
    this.#repeatMs = nextMs;
    this.#arm("timerE", nextMs);
  }

  #arm(type: "timerE" | "timerF" | "timerK", delayMs: number): void {
    this.#timers.start(type, delayMs, () => this.#dispatch({ type }));
  }
}
