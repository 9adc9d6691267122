import type { Clock } from "../kernel/clock.ts";
import type { SipMessage } from "../message/message.ts";
import type { TransportLayer } from "../transport/layer.ts";
import { type Flow, isReliable } from "../transport/transport.ts";
import { type TimerBase, timerPlan } from "./timers.ts";
import type { TransactionPort } from "./transaction.ts";

/** Makes what each transaction is given and counts what they send again. */
export class TransactionPorts {
  readonly #transport: TransportLayer;
  readonly #clock: Clock;
  readonly #timers: TimerBase | undefined;
  #repeated = 0;

  constructor(transport: TransportLayer, clock: Clock, timers: TimerBase | undefined) {
    this.#transport = transport;
    this.#clock = clock;
    this.#timers = timers;
  }

  /** Messages that were sent again so far. */
  get repeated(): number {
    return this.#repeated;
  }

  open(flow: Flow, ended: () => void): TransactionPort {
    const plan = timerPlan(isReliable(flow), this.#timers);
    return { clock: this.#clock, plan, flow, ended, send: (message, repeated) => this.send(message, flow, repeated) };
  }

  send(message: SipMessage, flow: Flow, repeated: boolean): void {
    if (repeated) this.#repeated += 1;
    if (message.kind === "request") this.#transport.sendRequest(message, flow);
    else this.#transport.sendResponse(message, flow);
  }
}
