import { type SipError, TransactionTimeout, TransportFailed } from "../kernel/errors.ts";
import type { Actions } from "../kernel/machine.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import { responseTo } from "../transport/reply.ts";
import type { Flow } from "../transport/transport.ts";
import { responseClass } from "./response-class.ts";
import { TransactionShell } from "./shell.ts";
import { type InviteServerAction, type InviteServerState, inviteServerTable } from "./tables.ts";
import type { ServerMachine, TransactionPort } from "./transaction.ts";

type TimerName = "timerTrying" | "timerG" | "timerH" | "timerI" | "timerL";
type Event =
  | { readonly type: "provisional" | "success" | "failure"; readonly response: SipResponse }
  | { readonly type: "request" | "ack"; readonly request: SipRequest }
  | { readonly type: TimerName }
  | { readonly type: "transportError"; readonly cause: Error };

/** An INVITE of the peer's: runs `inviteServerTable`. An ACK for a 2xx goes up through `onAck`. */
export class InviteServerTransaction implements ServerMachine {
  readonly request: SipRequest;
  readonly #port: TransactionPort;
  readonly #onAck: (ack: SipRequest) => void;
  readonly #shell: TransactionShell<InviteServerState, Event, InviteServerAction>;
  #repeatMs: number;
  #last: SipResponse | undefined;
  #onFailure: (error: SipError) => void = () => {};

  constructor(request: SipRequest, port: TransactionPort, onAck: (ack: SipRequest) => void) {
    this.request = request;
    this.#port = port;
    this.#onAck = onAck;
    this.#repeatMs = port.plan.repeat ?? 0;
    this.#shell = new TransactionShell<InviteServerState, Event, InviteServerAction>(
      port,
      inviteServerTable,
      "proceeding",
      this.#actions(),
    );
  }

  get flow(): Flow {
    return this.#port.flow;
  }

  get state(): InviteServerState {
    return this.#shell.state;
  }

  start(): void {
    this.#shell.arm({ type: "timerTrying" }, this.#port.plan.trying);
  }

  receive(request: SipRequest): void {
    this.#shell.dispatch({ type: request.method === "ACK" ? "ack" : "request", request });
  }

  respond(response: SipResponse): void {
    this.#shell.dispatch({ type: responseClass(response.status), response });
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

  #actions(): Actions<InviteServerAction, Event> {
    return {
      send: (event) => "response" in event && this.#send(event.response),
      resend: () => this.#last && this.#port.send(this.#last, true),
      sendTrying: () => this.#send(responseTo(this.request, 100)),
      stopTrying: () => this.#shell.disarm("timerTrying"),
      startGH: () => this.#startGH(),
      rearmG: () => this.#rearmG(),
      stopGH: () => this.#shell.disarm("timerG", "timerH"),
      startI: () => this.#shell.arm({ type: "timerI" }, this.#port.plan.i),
      startL: () => this.#shell.arm({ type: "timerL" }, this.#port.plan.giveUp),
      passAck: (event) => "request" in event && this.#onAck(event.request),
      reportTimeout: () => this.#onFailure(new TransactionTimeout("no ACK for a failure response within 64*T1")),
      reportError: (event) =>
        "cause" in event && this.#onFailure(new TransportFailed(undefined, { cause: event.cause })),
    };
  }

  #send(response: SipResponse): void {
    this.#last = response;
    this.#port.send(response, false);
  }

  #startGH(): void {
    if (this.#port.plan.repeat !== undefined) this.#shell.arm({ type: "timerG" }, this.#repeatMs);
    this.#shell.arm({ type: "timerH" }, this.#port.plan.giveUp);
  }

  #rearmG(): void {
    this.#repeatMs = Math.min(this.#repeatMs * 2, this.#port.plan.t2);
    this.#shell.arm({ type: "timerG" }, this.#repeatMs);
  }
}
