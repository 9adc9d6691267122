import type { Transferable } from "node:worker_threads";

type Send<M> = (messages: readonly M[], transfer: readonly Transferable[]) => void;

/**
 * Messages to another thread. Those of one turn of the event loop are posted as one: to wake a thread costs more than to
 * tell it something.
 */
export class Outbox<M> {
  readonly #send: Send<M>;
  readonly #atTurnsEnd: (task: () => void) => void;
  #messages: M[] = [];
  #transfer: Transferable[] = [];
  constructor(send: Send<M>, atTurnsEnd: (task: () => void) => void = setImmediate) {
    this.#send = send;
    this.#atTurnsEnd = atTurnsEnd;
  }

  add(message: M, transfer: readonly Transferable[] = []): void {
    this.#messages.push(message);
    this.#transfer.push(...transfer);
    if (this.#messages.length === 1) this.#atTurnsEnd(() => this.flush());
  }

  /** Posts what is there now. */
  flush(): void {
    if (this.#messages.length === 0) return;
    const [messages, transfer] = [this.#messages, this.#transfer];
    this.#messages = [];
    this.#transfer = [];
    this.#send(messages, transfer);
  }
}
