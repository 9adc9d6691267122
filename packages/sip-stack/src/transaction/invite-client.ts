import { type SipError, TransactionTimeout, TransportFailed } from "../kernel/errors.ts";
import type { Program } from "../kernel/machine.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import type { Sent } from "../transport/sent.ts";
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
  static readonly #program: Program<InviteClientState, Event, InviteClientAction, InviteClientTransaction> = {
    table: inviteClientTable,
    initial: "calling",
    actions: {
      repeat: (own) => own.#repeat(),
      stopAB: (own) => own.#stopAB(),
      startD: (own) => own.#shell.arm({ type: "timerD" }, own.#port.plan.d),
      startM: (own) => own.#startM(),
      ack: (own, event) => "response" in event && own.#acknowledge(event.response),
      passUp: (own, event) => "response" in event && own.#user.onResponse(event.response),
      reportTimeout: (own) => own.#user.onFailure(new TransactionTimeout()),
      reportError: (own, event) =>
        "cause" in event && own.#user.onFailure(new TransportFailed(undefined, { cause: event.cause })),
    },
  };

  readonly #user: ClientUser;
  readonly #port: TransactionPort;
  readonly #shell: TransactionShell<InviteClientState, Event, InviteClientAction, InviteClientTransaction>;
  /** Needed as long as the ACK of a failure may be made of it. */
  #invite: SipRequest | undefined;
  /** What is sent again: the INVITE until the first response, the ACK after a failure. */
  #sent: Sent | undefined;
  #repeatMs: number;

  constructor(invite: SipRequest, user: ClientUser, port: TransactionPort) {
    this.#invite = invite;
    this.#user = user;
    this.#port = port;
    this.#repeatMs = port.plan.repeat ?? 0;
    this.#shell = new TransactionShell(port, InviteClientTransaction.#program, this);
  }

  get flow(): Flow {
    return this.#port.flow;
  }

  get sent(): Uint8Array | undefined {
    return this.#sent?.bytes;
  }

  get state(): InviteClientState {
    return this.#shell.state;
  }

  start(): void {
    if (this.#invite !== undefined) this.#sent = this.#port.send(this.#invite);
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

  stop(error: SipError): void {
    this.#shell.stop();
    queueMicrotask(() => this.#user.onFailure(error));
  }

  #repeat(): void {
    if (this.#sent !== undefined) this.#port.resend(this.#sent);
    this.#repeatMs *= 2;
    this.#shell.arm({ type: "timerA" }, this.#repeatMs);
  }

  #stopAB(): void {
    this.#sent = undefined;
    this.#shell.disarm("timerA", "timerB");
  }

  #startM(): void {
    this.#invite = undefined;
    this.#shell.arm({ type: "timerM" }, this.#port.plan.giveUp);
  }

  #acknowledge(response: SipResponse): void {
    if (this.#invite !== undefined) this.#sent = this.#port.send(ackOfFailure(this.#invite, response));
    else if (this.#sent !== undefined) this.#port.resend(this.#sent);
    this.#invite = undefined;
  }
}
