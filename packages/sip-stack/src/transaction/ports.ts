import type { Clock } from "../kernel/clock.ts";
import type { SipMessage } from "../message/message.ts";
import type { TransportLayer } from "../transport/layer.ts";
import type { Sent } from "../transport/sent.ts";
import { type Flow, isReliable } from "../transport/transport.ts";
import { AwaitedAcks } from "./awaited-acks.ts";
import { type TimerBase, type TimerPlan, timerPlan } from "./timers.ts";
import type { TransactionPort } from "./transaction.ts";

const nothing = (): void => {};

/** Makes what each transaction is given and counts what they send again. */
export class TransactionPorts {
  readonly clock: Clock;
  readonly #transport: TransportLayer;
  readonly #plans: { readonly reliable: TimerPlan; readonly unreliable: TimerPlan };
  readonly #awaited = new AwaitedAcks();
  #repeated = 0;

  constructor(transport: TransportLayer, clock: Clock, timers: TimerBase | undefined) {
    this.clock = clock;
    this.#transport = transport;
    this.#plans = { reliable: timerPlan(true, timers), unreliable: timerPlan(false, timers) };
  }

  /** Messages that were sent again so far. */
  get repeated(): number {
    return this.#repeated;
  }

  /** The port of the transaction that stands under `key` in `live`; `onEnded` runs when it is over. */
  open(flow: Flow, live: Map<string, unknown>, key: string, onEnded = nothing): TransactionPort {
    return new Port(this, flow, live, key, onEnded);
  }

  /** Whether a final response is sent once and forgotten. */
  isForgotten(status: number, flow: Flow): boolean {
    return status === 401 || status === 407 || this.#transport.standingOf(flow) === "unknown";
  }

  /** Takes a place among the responses that are repeated until their ACK; counted where there is none. */
  awaitAck({ remote }: Flow): (() => void) | undefined {
    const done = this.#awaited.begin(remote.address);
    if (done === undefined) this.#transport.refusals.count("too many responses without an ACK");
    return done;
  }

  planFor(flow: Flow): TimerPlan {
    return isReliable(flow) ? this.#plans.reliable : this.#plans.unreliable;
  }

  send(message: SipMessage, flow: Flow): Sent {
    return message.kind === "request"
      ? this.#transport.sendRequest(message, flow)
      : this.#transport.sendResponse(message, flow);
  }

  resend(sent: Sent): void {
    this.#repeated += 1;
    this.#transport.resend(sent);
  }
}

class Port implements TransactionPort {
  readonly flow: Flow;
  readonly #ports: TransactionPorts;
  readonly #live: Map<string, unknown>;
  readonly #key: string;
  readonly #onEnded: () => void;
  #doneAwaiting = nothing;

  constructor(ports: TransactionPorts, flow: Flow, live: Map<string, unknown>, key: string, onEnded: () => void) {
    this.flow = flow;
    this.#ports = ports;
    this.#live = live;
    this.#key = key;
    this.#onEnded = onEnded;
  }

  get clock(): Clock {
    return this.#ports.clock;
  }

  get plan(): TimerPlan {
    return this.#ports.planFor(this.flow);
  }

  send(message: SipMessage): Sent {
    return this.#ports.send(message, this.flow);
  }

  resend(sent: Sent): void {
    this.#ports.resend(sent);
  }

  isForgotten(status: number): boolean {
    return this.#ports.isForgotten(status, this.flow);
  }

  awaitAck(): boolean {
    const done = this.#ports.awaitAck(this.flow);
    this.#doneAwaiting = done ?? nothing;
    return done !== undefined;
  }

  acknowledged(): void {
    this.#doneAwaiting();
    this.#doneAwaiting = nothing;
  }

  ended(): void {
    this.acknowledged();
    this.#live.delete(this.#key);
    this.#onEnded();
  }
}
