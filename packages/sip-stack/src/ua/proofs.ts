import type { RequestVerifier, Verdict } from "../auth/verifier.ts";
import type { ServerTransaction } from "../transaction/transaction.ts";
import type { ResponseOptions } from "./call.ts";
import type { Core } from "./core.ts";

const maxWaiting = 16;
const retryLater: ResponseOptions = { headers: [["Retry-After", "5"]] };

/** Answers what is not passed on. */
interface Respondent {
  respond(transaction: ServerTransaction, status: number, options?: ResponseOptions): void;
}

/**
 * Holds the requests of one dialog, or one outside of any, until it is known who sent them, and passes them on in the
 * order in which they came.
 */
export class Proofs {
  readonly #core: Core;
  readonly #link: Respondent;
  readonly #verifier: RequestVerifier;
  readonly #proven: (transaction: ServerTransaction, username: string) => void;
  readonly #waiting = new Set<ServerTransaction>();
  #last: Promise<void> = Promise.resolve();
  #stopTimer: () => void = () => {};

  constructor(
    core: Core,
    link: Respondent,
    verifier: RequestVerifier,
    proven: (transaction: ServerTransaction, username: string) => void,
  ) {
    this.#core = core;
    this.#link = link;
    this.#verifier = verifier;
    this.#proven = proven;
  }

  /** Takes a request that can be challenged: neither ACK nor CANCEL, RFC 3261 section 22.1. */
  take(transaction: ServerTransaction): void {
    if (this.#waiting.size >= maxWaiting) this.#refuseOverfull(transaction);
    else this.#queue(transaction);
  }

  /** The dialog is over: what waits is refused, and no verdict is awaited any more. */
  close(): void {
    this.#stopTimer();
    for (const transaction of this.#waiting) this.#withdraw(transaction, 481);
  }

  #queue(transaction: ServerTransaction): void {
    this.#waiting.add(transaction);
    transaction.watch({ onCancel: () => this.#withdraw(transaction, 487) });
    this.#last = this.#last.then(() => this.#judge(transaction));
  }

  async #judge(transaction: ServerTransaction): Promise<void> {
    if (!this.#waiting.has(transaction)) return;
    const verdict = await this.#verdict(transaction);
    if (!this.#waiting.delete(transaction)) return;
    if (!verdict.ok) this.#core.transport.refusals.count(verdict.why);
    if (verdict.ok) this.#proven(transaction, verdict.username);
    else this.#link.respond(transaction, verdict.status, { headers: verdict.headers });
  }

  /** A verifier that fails or never answers does not hold the dialog up: after half of 64*T1 the peer still waits. */
  #verdict({ request, flow }: ServerTransaction): Promise<Verdict> {
    return new Promise((resolve) => {
      const settle = (verdict: Verdict): void => {
        stopTimer();
        resolve(verdict);
      };
      const stopTimer = this.#core.clock.after(32 * this.#core.timers.t1, () => resolve(undecided));
      this.#stopTimer = stopTimer;
      this.#verifier.verify(request, flow.remote).then(settle, () => settle(undecided));
    });
  }

  #withdraw(transaction: ServerTransaction, status: 481 | 487): void {
    if (this.#waiting.delete(transaction)) this.#link.respond(transaction, status);
  }

  #refuseOverfull(transaction: ServerTransaction): void {
    this.#core.transport.refusals.count("too many requests without a verdict");
    this.#link.respond(transaction, 503, retryLater);
  }
}

const undecided = { ok: false, status: 500, why: "no verdict", headers: [] } as const satisfies Verdict;
