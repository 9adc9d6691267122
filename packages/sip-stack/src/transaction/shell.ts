import { Machine, type Program } from "../kernel/machine.ts";
import { Timers } from "./timers.ts";
import type { TransactionPort } from "./transaction.ts";

/**
 * What the four transactions have in common: it runs the table, its timers come back as events of their own names, and
 * one that is terminated lets go of everything.
 */
export class TransactionShell<
  State extends string,
  Event extends { readonly type: string },
  Action extends string,
  Owner,
> {
  readonly #port: TransactionPort;
  readonly #timers: Timers<Event["type"]>;
  readonly #machine: Machine<State, Event, Action, Owner>;

  constructor(port: TransactionPort, program: Program<State, Event, Action, Owner>, owner: NoInfer<Owner>) {
    this.#port = port;
    this.#timers = new Timers(port.clock);
    this.#machine = new Machine(program, owner);
  }

  get state(): State {
    return this.#machine.state;
  }

  dispatch(event: Event): void {
    if (!this.#machine.dispatch(event) || (this.#machine.state as string) !== "terminated") return;
    this.stop();
    this.#port.ended();
  }

  /** Dispatches `event`, a timer's, after `delayMs`; armed again it begins anew. */
  arm(event: Event, delayMs: number): void {
    this.#timers.start(event.type, delayMs, () => this.dispatch(event));
  }

  disarm(...timers: readonly Event["type"][]): void {
    for (const timer of timers) this.#timers.stop(timer);
  }

  stop(): void {
    this.#timers.stopAll();
  }
}
