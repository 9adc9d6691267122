import type { Transferable } from "node:worker_threads";
import { type CallOf, type CallTable, OpenCalls, type ReplyOf } from "../kernel/calls.ts";
import { WorkerGone } from "../kernel/errors.ts";
import { Outbox } from "../kernel/outbox.ts";

/** What every thread posts, besides what it has to tell. */
type FromThread<C extends CallTable> =
  | { readonly kind: "ready" }
  | ReplyOf<C>
  | { readonly kind: "fault"; readonly message: string };

/** What a link needs of a thread, `node:worker_threads`' Worker fits; both sides post lists: all that one turn has to say. */
export interface Thread {
  postMessage(messages: readonly unknown[], transfer: readonly Transferable[]): void;
  on(event: "message", listener: (messages: unknown) => void): unknown;
  on(event: "error", listener: (cause: Error) => void): unknown;
  on(event: "exit", listener: (code: number) => void): unknown;
  terminate(): Promise<number>;
}

/** What a link reports upwards. */
export interface LinkUser<Told> {
  onReady(): void;
  onTold(message: Told): void;
  onFault(cause: Error): void;
  /** Once, when the thread ended without having been asked to. */
  onGone(cause: Error): void;
}

/** Calls into one thread and what comes back. */
export class WorkerLink<C extends CallTable, Told extends object = never> {
  readonly #name: string;
  readonly #thread: Thread;
  readonly #user: LinkUser<Told>;
  readonly #calls: OpenCalls<C>;
  readonly exited: Promise<void>;
  #isEnding = false;
  #cause: Error | undefined;
  /** @param name what the thread is to people, e.g. `media worker`. */
  constructor(name: string, thread: Thread, user: LinkUser<Told>, atTurnsEnd?: (task: () => void) => void) {
    this.#name = name;
    this.#thread = thread;
    this.#user = user;
    const outbox = new Outbox<CallOf<C>>((calls, transfer) => thread.postMessage(calls, transfer), atTurnsEnd);
    this.#calls = new OpenCalls((call, transfer) => outbox.add(call, transfer));
    thread.on("message", (messages) => this.#takeAll(messages));
    thread.on("error", (cause) => {
      this.#cause = cause;
    });
    this.exited = new Promise((resolve) => {
      thread.on("exit", (code) => resolve(this.#onExit(code)));
    });
  }

  /** Asks the thread. Rejects with the error that the same call in one thread would reject with, or MEDIA_WORKER_GONE. */
  ask<O extends keyof C>(op: O, ask: C[O]["ask"], transfer: readonly Transferable[] = []): Promise<C[O]["answer"]> {
    return this.#calls.ask(op, ask, transfer);
  }

  /** From now on the thread's end is no failure. */
  expectEnd(): void {
    this.#isEnding = true;
  }

  /** Ends the thread at once. @param cause why, where its end is a failure. */
  async terminate(cause?: Error): Promise<void> {
    this.#cause ??= cause;
    await this.#thread.terminate();
  }

  /** Node posts messages of its own to a watched process; they are no lists. */
  #takeAll(messages: unknown): void {
    if (Array.isArray(messages)) for (const message of messages) this.#take(message);
  }

  #take(message: FromThread<C>): void {
    switch (message.kind) {
      case "ready":
        this.#user.onReady();
        break;
      case "answered":
      case "refused":
        this.#calls.settle(message);
        break;
      case "fault":
        this.#user.onFault(new Error(message.message));
        break;
      default:
        this.#user.onTold(message as Told);
    }
  }

  #onExit(code: number): void {
    const cause = this.#cause ?? new Error(`exit code ${code}`);
    const gone = new WorkerGone(`the ${this.#name} ended: ${cause.message}`, { cause });
    this.#calls.lose(gone);
    if (!this.#isEnding) this.#user.onGone(gone);
  }
}
