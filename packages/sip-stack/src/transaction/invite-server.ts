import { TransactionTimeout, TransportFailed } from "../kernel/errors.ts";
import type { Program } from "../kernel/machine.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import { responseTo, tagOf } from "../transport/reply.ts";
import type { Sent } from "../transport/sent.ts";
import { type Flow, isNear } from "../transport/transport.ts";
import { responseClass } from "./response-class.ts";
import { TransactionShell } from "./shell.ts";
import { type InviteServerAction, type InviteServerState, inviteServerTable } from "./tables.ts";
import type { ServerMachine, ServerUser, TransactionPort } from "./transaction.ts";

type TimerName = "timerTrying" | "timerG" | "timerH" | "timerI" | "timerL";
type Event =
  | { readonly type: "provisional" | "success" | "failure" | "dismissal"; readonly response: SipResponse }
  | { readonly type: "request" | "ack"; readonly request: SipRequest; readonly flow: Flow }
  | { readonly type: TimerName }
  | { readonly type: "transportError"; readonly cause: Error };

/** Hears of an ACK for a 2xx: it belongs to a dialog, not to a transaction. */
export interface AckUser {
  onAck(ack: SipRequest, flow: Flow): void;
}

/** An INVITE of the peer's: runs `inviteServerTable`. */
export class InviteServerTransaction implements ServerMachine {
  static readonly #program: Program<InviteServerState, Event, InviteServerAction, InviteServerTransaction> = {
    table: inviteServerTable,
    initial: "proceeding",
    actions: {
      send: (own, event) => "response" in event && own.#send(event.response),
      resend: (own) => own.#last && own.#port.resend(own.#last),
      sendTrying: (own) => own.#invite && own.#send(responseTo(own.#invite, 100)),
      stopTrying: (own) => own.#stopTrying(),
      startGH: (own) => own.#startGH(),
      rearmG: (own) => own.#rearmG(),
      acknowledged: (own) => own.#acknowledged(),
      startI: (own) => own.#shell.arm({ type: "timerI" }, own.#port.plan.i),
      startL: (own) => own.#shell.arm({ type: "timerL" }, own.#port.plan.giveUp),
      passAck: (own, event) => "request" in event && own.#acks.onAck(event.request, event.flow),
      reportTimeout: (own) =>
        own.#user?.onFailure?.(new TransactionTimeout("no ACK for a failure response within 64*T1")),
      reportError: (own, event) =>
        "cause" in event && own.#user?.onFailure?.(new TransportFailed(undefined, { cause: event.cause })),
    },
  };

  readonly #port: TransactionPort;
  readonly #acks: AckUser;
  readonly #shell: TransactionShell<InviteServerState, Event, InviteServerAction, InviteServerTransaction>;
  /** Needed as long as a 100 may be due. */
  #invite: SipRequest | undefined;
  #repeatMs: number;
  #last: Sent | undefined;
  #toTag: string | undefined;
  #user: ServerUser | undefined;

  constructor(invite: SipRequest, port: TransactionPort, acks: AckUser) {
    this.#invite = invite;
    this.#port = port;
    this.#acks = acks;
    this.#repeatMs = port.plan.repeat ?? 0;
    this.#shell = new TransactionShell(port, InviteServerTransaction.#program, this);
  }

  get flow(): Flow {
    return this.#port.flow;
  }

  get toTag(): string | undefined {
    return this.#toTag;
  }

  get sent(): Uint8Array | undefined {
    return this.#last?.bytes;
  }

  get state(): InviteServerState {
    return this.#shell.state;
  }

  start(): void {
    if (this.#invite !== undefined) this.#shell.arm({ type: "timerTrying" }, this.#port.plan.trying);
  }

  receive(request: SipRequest, flow: Flow): void {
    this.#shell.dispatch({ type: request.method === "ACK" ? "ack" : "request", request, flow });
  }

  respond(response: SipResponse): void {
    const type = responseClass(response.status);
    const isDismissal = type === "failure" && this.#last === undefined && this.#port.isForgotten(response.status);
    this.#shell.dispatch({ type: isDismissal ? "dismissal" : type, response });
  }

  watch(user: ServerUser | undefined): void {
    this.#user = user;
  }

  mayCancel(flow: Flow): boolean {
    return isNear(this.flow, flow) || this.#user?.mayCancel?.(flow) === true;
  }

  cancel(cancel: SipRequest): void {
    this.#user?.onCancel?.(cancel);
  }

  fail(cause: Error): void {
    this.#shell.dispatch({ type: "transportError", cause });
  }

  stop(): void {
    this.#shell.stop();
  }

  #send(response: SipResponse): void {
    this.#last = this.#port.send(response);
    this.#toTag ??= tagOf(response.headers, "To");
  }

  #stopTrying(): void {
    this.#invite = undefined;
    this.#shell.disarm("timerTrying");
  }

  #startGH(): void {
    if (this.#port.plan.repeat !== undefined && this.#port.awaitAck())
      this.#shell.arm({ type: "timerG" }, this.#repeatMs);
    this.#shell.arm({ type: "timerH" }, this.#port.plan.giveUp);
  }

  #acknowledged(): void {
    this.#shell.disarm("timerG", "timerH");
    this.#port.acknowledged();
  }

  #rearmG(): void {
    this.#repeatMs = Math.min(this.#repeatMs * 2, this.#port.plan.t2);
    this.#shell.arm({ type: "timerG" }, this.#repeatMs);
  }
}
