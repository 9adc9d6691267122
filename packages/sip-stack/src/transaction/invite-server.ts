import { type SipError, TransactionTimeout, TransportFailed } from "../kernel/errors.ts";
import { type Actions, Machine } from "../kernel/machine.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import { responseTo } from "../transport/reply.ts";
import type { Flow } from "../transport/transport.ts";
import { type InviteServerAction, type InviteServerState, inviteServerTable } from "./tables.ts";
import { Timers } from "./timers.ts";
import type { ServerMachine, TransactionPort } from "./transaction.ts";

type TimerName = "timerTrying" | "timerG" | "timerH" | "timerI" | "timerL";
type Event =
  | { readonly type: "provisional" | "success" | "failure"; readonly response: SipResponse }
  | { readonly type: "request" | "ack"; readonly request: SipRequest }
  | { readonly type: TimerName }
  | { readonly type: "transportError"; readonly cause: Error };

function classOf(status: number): "provisional" | "success" | "failure" {
  if (status < 200) return "provisional";
  return status < 300 ? "success" : "failure";
}

/** An INVITE of the peer's: runs `inviteServerTable`. An ACK for a 2xx goes up through `onAck`. */
export class InviteServerTransaction implements ServerMachine {
  readonly request: SipRequest;
  readonly #port: TransactionPort;
  readonly #onAck: (ack: SipRequest) => void;
  readonly #timers: Timers<TimerName>;
  readonly #machine: Machine<InviteServerState, Event, InviteServerAction>;
  #repeatMs: number;
  #last: SipResponse | undefined;
  #onFailure: (error: SipError) => void = () => {};

  constructor(request: SipRequest, port: TransactionPort, onAck: (ack: SipRequest) => void) {
    this.request = request;
    this.#port = port;
    this.#onAck = onAck;
    this.#timers = new Timers(port.clock);
    this.#repeatMs = port.plan.repeat ?? 0;
    this.#machine = new Machine<InviteServerState, Event, InviteServerAction>(
      inviteServerTable,
      "proceeding",
      this.#actions(),
    );
  }

  get flow(): Flow {
    return this.#port.flow;
  }

  get state(): InviteServerState {
    return this.#machine.state;
  }

  start(): void {
    this.#arm("timerTrying", this.#port.plan.trying);
  }

  receive(request: SipRequest): void {
    this.#dispatch({ type: request.method === "ACK" ? "ack" : "request", request });
  }

  respond(response: SipResponse): void {
    this.#dispatch({ type: classOf(response.status), response });
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

  #actions(): Actions<InviteServerAction, Event> {
    return {
      send: (event) => "response" in event && this.#send(event.response),
      resend: () => this.#last && this.#port.send(this.#last, true),
      sendTrying: () => this.#send(responseTo(this.request, 100)),
      stopTrying: () => this.#timers.stop("timerTrying"),
      startGH: () => this.#startGH(),
      rearmG: () => this.#rearmG(),
      stopGH: () => {
        this.#timers.stop("timerG");
        this.#timers.stop("timerH");
      },
      startI: () => this.#arm("timerI", this.#port.plan.i),
      startL: () => this.#arm("timerL", this.#port.plan.giveUp),
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
    if (this.#port.plan.repeat !== undefined) this.#arm("timerG", this.#repeatMs);
    this.#arm("timerH", this.#port.plan.giveUp);
  }

  #rearmG(): void {
    this.#repeatMs = Math.min(this.#repeatMs * 2, this.#port.plan.t2);
    this.#arm("timerG", this.#repeatMs);
  }

  #arm(type: TimerName, delayMs: number): void {
    this.#timers.start(type, delayMs, () => this.#dispatch({ type }));
  }
}
