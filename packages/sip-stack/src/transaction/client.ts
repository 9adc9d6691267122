import { TransactionTimeout, TransportFailed } from "../kernel/errors.ts";
import type { Actions } from "../kernel/machine.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import type { Flow } from "../transport/transport.ts";
import { TransactionShell } from "./shell.ts";
import { type ClientAction, type ClientState, clientTable } from "./tables.ts";
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
  readonly #shell: TransactionShell<ClientState, Event, ClientAction>;
  #repeatMs: number;

  constructor(request: SipRequest, user: ClientUser, port: TransactionPort) {
    this.request = request;
    this.#user = user;
    this.#port = port;
    this.#repeatMs = port.plan.repeat ?? 0;
    this.#shell = new TransactionShell<ClientState, Event, ClientAction>(port, clientTable, "trying", this.#actions());
  }

  get flow(): Flow {
    return this.#port.flow;
  }

  get state(): ClientState {
    return this.#shell.state;
  }

  start(): void {
    this.#port.send(this.request, false);
    if (this.#port.plan.repeat !== undefined) this.#shell.arm({ type: "timerE" }, this.#repeatMs);
    this.#shell.arm({ type: "timerF" }, this.#port.plan.giveUp);
  }

  receive(response: SipResponse): void {
    this.#shell.dispatch({ type: response.status < 200 ? "provisional" : "final", response });
  }

  fail(cause: Error): void {
    this.#shell.dispatch({ type: "transportError", cause });
  }

  /** Only an INVITE waits for longer than timer F: nothing to give up. */
  abandon(): void {}

  expire(): void {}

  stop(): void {
    this.#shell.stop();
  }

  #actions(): Actions<ClientAction, Event> {
    return {
      repeat: () => this.#repeat(Math.min(this.#repeatMs * 2, this.#port.plan.t2)),
      repeatSlowly: () => this.#repeat(this.#port.plan.t2),
      stopEF: () => this.#shell.disarm("timerE", "timerF"),
      startK: () => this.#shell.arm({ type: "timerK" }, this.#port.plan.k),
      passUp: (event) => "response" in event && this.#user.onResponse(event.response),
      reportTimeout: () => this.#user.onFailure(new TransactionTimeout()),
      reportError: (event) =>
        "cause" in event && this.#user.onFailure(new TransportFailed(undefined, { cause: event.cause })),
    };
  }

  #repeat(nextMs: number): void {
    this.#port.send(this.request, true);
    this.#repeatMs = nextMs;
    this.#shell.arm({ type: "timerE" }, nextMs);
  }
}
