import type { Transferable } from "node:worker_threads";
import { asRelayError, type RelayErrorCode, relayError } from "./errors.ts";

/** What one thread can be asked by another, and what it answers. */
export type CallTable = { readonly [op: string]: { readonly ask: unknown; readonly answer: unknown } };

/** One call, numbered. */
export type CallOf<C extends CallTable> = {
  readonly [O in keyof C]: { readonly call: number; readonly op: O; readonly ask: C[O]["ask"] };
}[keyof C];

/** What comes back: an answer, or the code of the error with which the same call in one thread would reject. */
export type ReplyOf<C extends CallTable> =
  | { readonly kind: "answered"; readonly call: number; readonly answer: C[keyof C]["answer"] }
  | { readonly kind: "refused"; readonly call: number; readonly code: RelayErrorCode; readonly message: string };

/** Carries out each kind of call. */
export type CallHandlers<C extends CallTable> = {
  readonly [O in keyof C]: (ask: C[O]["ask"]) => Promise<C[O]["answer"]>;
};

/** Carries out a call. Never rejects: a failure becomes a reply. */
export async function replyTo<C extends CallTable>(
  { call, op, ask }: CallOf<C>,
  handlers: CallHandlers<C>,
): Promise<ReplyOf<C>> {
  try {
    return { kind: "answered", call, answer: await handlers[op](ask) };
  } catch (cause) {
    const { code, message } = asRelayError(cause);
    return { kind: "refused", call, code, message };
  }
}

type Waiting = { resolve(answer: unknown): void; reject(cause: Error): void };

/** The calls into another thread that wait for its answer. */
export class OpenCalls<C extends CallTable> {
  readonly #post: (message: CallOf<C>, transfer: readonly Transferable[]) => void;
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;
  #lost: Error | undefined;
  constructor(post: (message: CallOf<C>, transfer: readonly Transferable[]) => void) {
    this.#post = post;
  }

  /** Asks. Rejects with the error that the reply names, or with the cause of the loss. */
  ask<O extends keyof C>(op: O, ask: C[O]["ask"], transfer: readonly Transferable[] = []): Promise<C[O]["answer"]> {
    if (this.#lost !== undefined) return Promise.reject(this.#lost);
    this.#calls += 1;
    const call = this.#calls;
    return new Promise<C[O]["answer"]>((resolve, reject) => {
      this.#waiting.set(call, { resolve, reject });
      this.#post({ call, op, ask } as CallOf<C>, transfer);
    });
  }

  /** Takes a reply. */
  settle(reply: ReplyOf<C>): void {
    const waiting = this.#waiting.get(reply.call);
    this.#waiting.delete(reply.call);
    if (reply.kind === "answered") waiting?.resolve(reply.answer);
    else waiting?.reject(relayError(reply.code, reply.message));
  }

  /** The other thread is gone: whoever waits and whoever asks later fails. */
  lose(cause: Error): void {
    this.#lost ??= cause;
    for (const { reject } of this.#waiting.values()) reject(cause);
    this.#waiting.clear();
  }
}
