import type { RequestVerifier } from "../auth/verifier.ts";
import type { ServerTransaction } from "../transaction/transaction.ts";
import { type Flow, isNear, isSameFlow } from "../transport/transport.ts";
import type { Origin, OriginOf } from "./call.ts";
import { reply } from "./compose.ts";
import type { Core } from "./core.ts";
import type { DialogLink } from "./dialog-link.ts";
import { Proofs } from "./proofs.ts";

/** How the peer of a dialog is recognized. */
export type SenderOptions = {
  /** Challenges every request of the peer's. */
  readonly verifier?: RequestVerifier | undefined;
  /** Who sends over another flow than the dialog's; without it everyone who knows the tags is the peer. */
  readonly originOf?: OriginOf | undefined;
};

/**
 * Admits those requests of a dialog that its peer sends. Whoever reads a message of the dialog knows its tags, so these
 * prove nothing (RFC 3261 section 26.1.3): the flow counts, or what the sender proves.
 */
export class Senders {
  readonly #core: Core;
  readonly #link: DialogLink;
  readonly #originOf: OriginOf;
  readonly #admit: (transaction: ServerTransaction) => void;
  readonly #proofs: Proofs | undefined;
  /** Requests over other flows whose senders are challenged. */
  #elsewhere: Proofs | undefined;

  constructor(
    core: Core,
    link: DialogLink,
    { verifier, originOf = () => "peer" }: SenderOptions,
    admit: (transaction: ServerTransaction) => void,
  ) {
    this.#core = core;
    this.#link = link;
    this.#originOf = originOf;
    this.#admit = admit;
    this.#proofs = verifier && new Proofs(core, link, verifier, admit);
  }

  /** Takes a request that can be challenged: neither ACK nor CANCEL. */
  receive(transaction: ServerTransaction): void {
    const { flow } = transaction;
    const origin = this.#origin(flow);
    if (origin === "stranger") return this.#refuse(transaction);
    if (typeof origin === "object") return this.#challenge(transaction, origin);
    if (origin === "moved") this.#link.follow(flow);
    if (this.#proofs === undefined) this.#admit(transaction);
    else this.#proofs.take(transaction);
  }

  /** Whether ACK and CANCEL, which cannot be challenged (RFC 3261 section 22.1), are the peer's over this flow. */
  isPeer(flow: Flow): boolean {
    if (isNear(this.#link.flow, flow)) return true;
    const origin = this.#origin(flow);
    return origin === "peer" || origin === "moved";
  }

  close(): void {
    this.#proofs?.close();
    this.#elsewhere?.close();
  }

  #origin(flow: Flow): Origin {
    return isSameFlow(this.#link.flow, flow) ? "peer" : this.#originOf(flow);
  }

  #challenge(transaction: ServerTransaction, verifier: RequestVerifier): void {
    this.#elsewhere ??= new Proofs(this.#core, this.#link, verifier, (proven) => {
      this.#core.transport.vouch(proven.flow);
      this.#link.follow(proven.flow);
      this.#admit(proven);
    });
    this.#elsewhere.take(transaction);
  }

  #refuse(transaction: ServerTransaction): void {
    this.#core.transport.refusals.count("request of another peer's dialog");
    const { request, flow } = transaction;
    transaction.respond(reply(request, 403, this.#core.shownOn(flow), { toTag: this.#link.dialog.localTag }));
  }
}
