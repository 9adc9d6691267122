import { TransportFailed } from "../kernel/errors.ts";
import type { Program } from "../kernel/machine.ts";
import type { SipResponse } from "../message/message.ts";
import type { Sent } from "../transport/sent.ts";
import type { Flow } from "../transport/transport.ts";
import { TransactionShell } from "./shell.ts";
import { type ServerAction, type ServerState, serverTable } from "./tables.ts";
import type { ServerMachine, ServerUser, TransactionPort } from "./transaction.ts";

type TimerName = "timerJ" | "unanswered";
type Event =
  | { readonly type: "provisional" | "final" | "dismissal"; readonly response: SipResponse }
  | { readonly type: "request" | TimerName }
  | { readonly type: "transportError"; readonly cause: Error };

/** A request of the peer's other than INVITE and ACK: runs `serverTable`. */
export class NonInviteServerTransaction implements ServerMachine {
  static readonly #program: Program<ServerState, Event, ServerAction, NonInviteServerTransaction> = {
    table: serverTable,
    initial: "trying",
    actions: {
      send: (own, event) => "response" in event && own.#send(event.response),
      resend: (own) => own.#last && own.#port.resend(own.#last),
      startJ: (own) => own.#startJ(),
      reportError: (own, event) =>
        "cause" in event && own.#user?.onFailure?.(new TransportFailed(undefined, { cause: event.cause })),
    },
  };

  readonly #port: TransactionPort;
  readonly #shell: TransactionShell<ServerState, Event, ServerAction, NonInviteServerTransaction>;
  #last: Sent | undefined;
  #user: ServerUser | undefined;

  constructor(port: TransactionPort) {
    this.#port = port;
    this.#shell = new TransactionShell(port, NonInviteServerTransaction.#program, this);
  }

  get flow(): Flow {
    return this.#port.flow;
  }

  get toTag(): undefined {
    return undefined;
  }

  get sent(): Uint8Array | undefined {
    return this.#last?.bytes;
  }

  get state(): ServerState {
    return this.#shell.state;
  }

  start(): void {
    if (this.state === "trying" || this.state === "proceeding") {
      this.#shell.arm({ type: "unanswered" }, this.#port.plan.giveUp);
    }
  }

  receive(): void {
    this.#shell.dispatch({ type: "request" });
  }

  respond(response: SipResponse): void {
    const { status } = response;
    const final = this.#port.isForgotten(status) ? "dismissal" : "final";
    this.#shell.dispatch({ type: status < 200 ? "provisional" : final, response });
  }

  watch(user: ServerUser | undefined): void {
    this.#user = user;
  }

  /** Only an INVITE can be taken back. */
  mayCancel(): boolean {
    return false;
  }

  cancel(): void {}

  fail(cause: Error): void {
    this.#shell.dispatch({ type: "transportError", cause });
  }

  stop(): void {
    this.#shell.stop();
  }

  #send(response: SipResponse): void {
    this.#last = this.#port.send(response);
  }

  #startJ(): void {
    this.#shell.disarm("unanswered");
    this.#shell.arm({ type: "timerJ" }, this.#port.plan.j);
  }
}
