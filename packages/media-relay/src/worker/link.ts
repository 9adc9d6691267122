import { relayError, WorkerGone } from "../kernel/errors.ts";
import type { AnswerOf, AskOf, FromWorker, Op, ToWorker } from "./protocol.ts";

/** What a link needs of a thread: `node:worker_threads`' Worker fits. */
export interface Thread {
  postMessage(message: ToWorker): void;
  on(event: "message", listener: (message: FromWorker) => void): unknown;
  on(event: "error", listener: (cause: Error) => void): unknown;
  on(event: "exit", listener: (code: number) => void): unknown;
  terminate(): Promise<number>;
}

/** What a link reports upwards. */
export interface LinkUser {
  onReady(): void;
  onTold(message: FromWorker & { readonly kind: "told" }): void;
  onFault(cause: Error): void;
  /** Once, when the thread ended without having been asked to. */
  onGone(cause: Error): void;
}

type Waiting = { resolve(answer: AnswerOf<Op>): void; reject(cause: Error): void };

/** Calls into one worker thread and what comes back. */
export class WorkerLink {
  readonly #thread: Thread;
  readonly #user: LinkUser;
  readonly #waiting = new Map<number, Waiting>();
  readonly exited: Promise<void>;
  #calls = 0;
  #isEnding = false;
  #cause: Error | undefined;
  #gone: WorkerGone | undefined;
  constructor(thread: Thread, user: LinkUser) {
    this.#thread = thread;
    this.#user = user;
    thread.on("message", (message) => this.#take(message));
    thread.on("error", (cause) => {
      this.#cause = cause;
    });
    this.exited = new Promise((resolve) => {
      thread.on("exit", (code) => resolve(this.#onExit(code)));
    });
  }

  /** Asks the worker. Rejects with the error that the same call in one thread would reject with, or MEDIA_WORKER_GONE. */
  ask<O extends Op>(op: O, ask: AskOf<O>): Promise<AnswerOf<O>> {
    if (this.#gone !== undefined) return Promise.reject(this.#gone);
    this.#calls += 1;
    const call = this.#calls;
    return new Promise<AnswerOf<O>>((resolve, reject) => {
      this.#waiting.set(call, { resolve: resolve as Waiting["resolve"], reject });
      this.#thread.postMessage({ call, op, ask } as ToWorker);
    });
  }

  /** From now on the thread's end is no failure. */
  expectEnd(): void {
    this.#isEnding = true;
  }

  /** Ends the thread at once. */
  async terminate(): Promise<void> {
    await this.#thread.terminate();
  }

  #take(message: FromWorker): void {
    switch (message.kind) {
      case "ready":
        this.#user.onReady();
        break;
      case "answered":
        this.#settle(message.call, (waiting) => waiting.resolve(message.answer));
        break;
      case "refused":
        this.#settle(message.call, (waiting) => waiting.reject(relayError(message.code, message.message)));
        break;
      case "told":
        this.#user.onTold(message);
        break;
      case "fault":
        this.#user.onFault(new Error(message.message));
        break;
      default:
        // Node posts messages of its own to a watched process.
        message satisfies never;
    }
  }

  #settle(call: number, how: (waiting: Waiting) => void): void {
    const waiting = this.#waiting.get(call);
    this.#waiting.delete(call);
    if (waiting !== undefined) how(waiting);
  }

  #onExit(code: number): void {
    const cause = this.#cause ?? new Error(`exit code ${code}`);
    this.#gone = new WorkerGone(`the media worker ended: ${cause.message}`, { cause });
    for (const { reject } of this.#waiting.values()) reject(this.#gone);
    this.#waiting.clear();
    if (!this.#isEnding) this.#user.onGone(this.#gone);
  }
}
