import type { Clock } from "../kernel/clock.ts";
import type { SipMessage } from "../message/message.ts";
import type { TransportLayer } from "../transport/layer.ts";
import type { Sent } from "../transport/sent.ts";
import { type Flow, isReliable } from "../transport/transport.ts";
import { type TimerBase, type TimerPlan, timerPlan } from "./timers.ts";
import type { TransactionPort } from "./transaction.ts";

/** Makes what each transaction is given and counts what they send again. */
export class TransactionPorts {
  readonly clock: Clock;
  readonly #transport: TransportLayer;
  readonly #plans: { readonly reliable: TimerPlan; readonly unreliable: TimerPlan };
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

  /** The port of the transaction that stands under `key` in `live`. */
  open(flow: Flow, live: Map<string, unknown>, key: string): TransactionPort {
    return new Port(this, flow, live, key);
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

  constructor(ports: TransactionPorts, flow: Flow, live: Map<string, unknown>, key: string) {
    this.flow = flow;
    this.#ports = ports;
    this.#live = live;
    this.#key = key;
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

  ended(): void {
    this.#live.delete(this.#key);
  }
}
