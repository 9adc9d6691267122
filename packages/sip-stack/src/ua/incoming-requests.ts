import type { RequestVerifier } from "../auth/verifier.ts";
import { type Dialog, dialogOfInvite } from "../dialog/dialog.ts";
import { isTooBrief } from "../dialog/session-timer.ts";
import { newTag } from "../kernel/random.ts";
import type { SipRequest } from "../message/message.ts";
import type { CancelledInvite } from "../transaction/layer.ts";
import type { ServerTransaction } from "../transaction/transaction.ts";
import { tagOf } from "../transport/reply.ts";
import { type Flow, isWebSocket } from "../transport/transport.ts";
import type { ResponseOptions } from "./call.ts";
import { reply } from "./compose.ts";
import type { Core } from "./core.ts";
import { InboundCall } from "./incoming-call.ts";
import { incomingRequest } from "./incoming-request.ts";
import { inspect } from "./inspect.ts";
import type { UserAgentOptions, UserAgentUser } from "./options.ts";
import { Proofs } from "./proofs.ts";
import { replacedBy } from "./replaced.ts";
import { StatelessTags } from "./stateless-tags.ts";

const retryLater: ResponseOptions = { headers: [["Retry-After", "5"]] };
const maxUnproven = 1000;

// Without a dialog these mean nothing.
const dialogOnly = new Set(["BYE", "UPDATE", "PRACK", "INFO"]);

/** Sorts what comes from outside: into its dialog, to a new call, to the application, or back with a refusal. */
export class IncomingRequests {
  readonly #core: Core;
  readonly #user: UserAgentUser;
  readonly #maxDialogs: number;
  readonly #tags: StatelessTags;
  readonly #verifierOf: UserAgentOptions["verifierOf"];
  /** First requests whose senders are being asked who they are. */
  readonly #unproven = new Set<Proofs>();

  constructor(core: Core, { user, verifierOf }: Pick<UserAgentOptions, "user" | "verifierOf">, maxDialogs: number) {
    this.#core = core;
    this.#user = user;
    this.#maxDialogs = maxDialogs;
    this.#tags = new StatelessTags(core.random);
    this.#verifierOf = verifierOf;
  }

  /** Takes a request that is neither ACK nor CANCEL. */
  receive(transaction: ServerTransaction): void {
    const { request } = transaction;
    if (tagOf(request.headers, "To") !== undefined) this.#receiveInDialog(transaction);
    else this.#receiveFirst(transaction);
  }

  /** Answers a CANCEL with 200 and the To tag of its INVITE, where that still exists, RFC 3261 section 9.2. */
  cancel(cancel: ServerTransaction, invite: CancelledInvite | undefined): void {
    if (invite === undefined) return this.#refuse(cancel, 481, "no transaction to cancel");
    const toTag = invite.toTag ?? this.#core.calls.tagFor(cancel.request) ?? newTag(this.#core.random);
    cancel.respond(reply(cancel.request, 200, this.#core.shownOn(cancel.flow), { toTag }));
  }

  /** Takes an ACK for a 2xx, or for a refusal that was sent once and forgotten; one without a dialog is ignored. */
  ack(ack: SipRequest, flow: Flow): void {
    const usage = this.#core.calls.find(ack);
    if (usage !== undefined) usage.receiveAck(ack, flow);
    else if (tagOf(ack.headers, "To") !== this.#tags.of(ack))
      this.#core.transport.refusals.count("ACK without a dialog");
  }

  #receiveFirst(transaction: ServerTransaction): void {
    const { request } = transaction;
    const refusal = inspect(request, this.#core.profile.supported);
    if (refusal !== undefined) return this.#refuse(transaction, refusal.status, refusal.why, refusal.options);
    if (dialogOnly.has(request.method)) return this.#refuse(transaction, 481, "no dialog");
    const verifier = this.#verifierOf?.(transaction.flow, request);
    if (verifier === undefined) this.#admit(transaction);
    else this.#prove(transaction, verifier);
  }

  #admit(transaction: ServerTransaction, username?: string): void {
    if (transaction.request.method === "INVITE") this.#receiveInvite(transaction, username);
    else this.#user.onRequest(incomingRequest(this.#core, transaction, this.#tags.of(transaction.request), username));
  }

  #prove(transaction: ServerTransaction, verifier: RequestVerifier): void {
    if (this.#unproven.size >= maxUnproven)
      return this.#refuse(transaction, 503, "too many requests without a verdict", retryLater);
    const respond = (refused: ServerTransaction, status: number, options?: ResponseOptions): void => {
      this.#unproven.delete(proofs);
      this.#respond(refused, status, options);
    };
    const proofs = new Proofs(this.#core, { respond }, verifier, (proven, username) => {
      this.#unproven.delete(proofs);
      this.#core.transport.vouch(proven.flow);
      this.#admit(proven, username);
    });
    this.#unproven.add(proofs);
    proofs.take(transaction);
  }

  /** Nobody waits for a verdict any more. */
  stop(): void {
    for (const proofs of this.#unproven) proofs.close();
  }

  #receiveInDialog(transaction: ServerTransaction): void {
    const usage = this.#core.calls.find(transaction.request);
    if (usage === undefined) this.#refuse(transaction, 481, "no dialog");
    else usage.receive(transaction);
  }

  #receiveInvite(transaction: ServerTransaction, username: string | undefined): void {
    const { request } = transaction;
    const { calls, random } = this.#core;
    const dialog = dialogOfInvite(request, newTag(random));
    if (calls.isMerged(request)) this.#refuse(transaction, 482, "merged request");
    else if (calls.size >= this.#maxDialogs) this.#refuse(transaction, 503, "too many dialogs", retryLater);
    else if (this.#isTooBrief(transaction)) this.#refuseBrief(transaction);
    else this.#receiveCall(transaction, dialog, username);
  }

  #receiveCall(transaction: ServerTransaction, dialog: Dialog, username: string | undefined): void {
    const { calls, profile } = this.#core;
    const replaced = profile.supported.includes("replaces") ? replacedBy(transaction.request, calls) : undefined;
    if (replaced?.ok === false) this.#refuse(transaction, replaced.status, replaced.why);
    else this.#present(new InboundCall(this.#core, transaction, dialog, { replaces: replaced?.call, username }));
  }

  /** RFC 4028 section 9. A WebSocket peer is never answered so: browsers give up. */
  #isTooBrief({ flow, request }: ServerTransaction): boolean {
    const { sessionTimes } = this.#core;
    return sessionTimes !== undefined && !isWebSocket(flow) && isTooBrief(request, sessionTimes.minS);
  }

  #refuseBrief(transaction: ServerTransaction): void {
    const headers: [string, string][] = [["Min-SE", String(this.#core.sessionTimes?.minS)]];
    this.#refuse(transaction, 422, "session interval too small", { headers });
  }

  #present(call: InboundCall): void {
    this.#core.calls.add(call);
    this.#user.onCall(call);
    if (!call.isAttached) call.reject(500);
  }

  #refuse(transaction: ServerTransaction, status: number, why: string, options?: ResponseOptions): void {
    this.#core.transport.refusals.count(why);
    this.#respond(transaction, status, options);
  }

  #respond(transaction: ServerTransaction, status: number, options: ResponseOptions = {}): void {
    const toTag = this.#tags.of(transaction.request);
    transaction.respond(
      reply(transaction.request, status, this.#core.shownOn(transaction.flow), { ...options, toTag }),
    );
  }
}
