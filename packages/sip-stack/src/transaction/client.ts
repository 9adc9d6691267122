import { type SipError, TransactionTimeout, TransportFailed } from "../kernel/errors.ts";
import type { Program } from "../kernel/machine.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import type { Sent } from "../transport/sent.ts";
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
  static readonly #program: Program<ClientState, Event, ClientAction, NonInviteClientTransaction> = {
    table: clientTable,
    initial: "trying",
    actions: {
      repeat: (own) => own.#repeat(Math.min(own.#repeatMs * 2, own.#port.plan.t2)),
      repeatSlowly: (own) => own.#repeat(own.#port.plan.t2),
      stopEF: (own) => own.#shell.disarm("timerE", "timerF"),
      startK: (own) => own.#shell.arm({ type: "timerK" }, own.#port.plan.k),
      passUp: (own, event) => "response" in event && own.#passUp(event.response),
      reportTimeout: (own) => own.#user?.onFailure(new TransactionTimeout()),
      reportError: (own, event) =>
        "cause" in event && own.#user?.onFailure(new TransportFailed(undefined, { cause: event.cause })),
    },
  };

  readonly #port: TransactionPort;
  readonly #shell: TransactionShell<ClientState, Event, ClientAction, NonInviteClientTransaction>;
  /** Whoever waits for a final response; nobody once it is there. */
  #user: ClientUser | undefined;
  #request: SipRequest | undefined;
  #sent: Sent | undefined;
  #repeatMs: number;

  constructor(request: SipRequest, user: ClientUser, port: TransactionPort) {
    this.#request = request;
    this.#user = user;
    this.#port = port;
    this.#repeatMs = port.plan.repeat ?? 0;
    this.#shell = new TransactionShell(port, NonInviteClientTransaction.#program, this);
  }

  get flow(): Flow {
    return this.#port.flow;
  }

  get sent(): Uint8Array | undefined {
    return this.#sent?.bytes;
  }

  get state(): ClientState {
    return this.#shell.state;
  }

  start(): void {
    if (this.#request !== undefined) this.#sent = this.#port.send(this.#request);
    this.#request = undefined;
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

  stop(error: SipError): void {
    const user = this.#user;
    this.#shell.stop();
    queueMicrotask(() => user?.onFailure(error));
  }

  #repeat(nextMs: number): void {
    if (this.#sent !== undefined) this.#port.resend(this.#sent);
    this.#repeatMs = nextMs;
    this.#shell.arm({ type: "timerE" }, nextMs);
  }

  #passUp(response: SipResponse): void {
    const user = this.#user;
    if (response.status >= 200) {
      this.#user = undefined;
      this.#sent = undefined;
    }
    user?.onResponse(response);
  }
}
