import { type Dialog, dialogOfInvite } from "../dialog/dialog.ts";
import { isTooBrief } from "../dialog/session-timer.ts";
import { newTag } from "../kernel/random.ts";
import type { SipRequest } from "../message/message.ts";
import type { ServerTransaction } from "../transaction/transaction.ts";
import { tagOf } from "../transport/reply.ts";
import { isWebSocket } from "../transport/transport.ts";
import type { ResponseOptions } from "./call.ts";
import { reply } from "./compose.ts";
import type { Core } from "./core.ts";
import { InboundCall } from "./incoming-call.ts";
import { incomingRequest } from "./incoming-request.ts";
import { inspect } from "./inspect.ts";
import type { UserAgentUser } from "./options.ts";
import { replacedBy } from "./replaced.ts";

const retryLater: ResponseOptions = { headers: [["Retry-After", "5"]] };
// Without a dialog these mean nothing.
const dialogOnly = new Set(["BYE", "UPDATE", "PRACK", "INFO"]);

/** Sorts what comes from outside: into its dialog, to a new call, to the application, or back with a refusal. */
export class IncomingRequests {
  readonly #core: Core;
  readonly #user: UserAgentUser;
  readonly #maxDialogs: number;

  constructor(core: Core, user: UserAgentUser, maxDialogs: number) {
    this.#core = core;
    this.#user = user;
    this.#maxDialogs = maxDialogs;
  }

  /** Takes a request that is neither ACK nor CANCEL. */
  receive(transaction: ServerTransaction): void {
    const { request } = transaction;
    if (tagOf(request.headers, "To") !== undefined) this.#receiveInDialog(transaction);
    else this.#receiveFirst(transaction);
  }

  /** Answers a CANCEL with 200 where its INVITE is still there, RFC 3261 section 9.2. */
  cancel(cancel: ServerTransaction, isKnown: boolean): void {
    if (!isKnown) this.#refuse(cancel, 481, "no transaction to cancel");
    else cancel.respond(reply(cancel.request, 200, this.#core.profile, { toTag: newTag(this.#core.random) }));
  }

  /** Takes an ACK for a 2xx; one without a dialog is ignored. */
  ack(ack: SipRequest): void {
    const usage = this.#core.calls.find(ack);
    if (usage === undefined) this.#core.transport.refusals.count("ACK without a dialog");
    else usage.receiveAck(ack);
  }

  #receiveFirst(transaction: ServerTransaction): void {
    const { request } = transaction;
    const refusal = inspect(request, this.#core.profile.supported);
    if (refusal !== undefined) this.#refuse(transaction, refusal.status, refusal.why, refusal.options);
    else if (request.method === "INVITE") this.#receiveInvite(transaction);
    else if (dialogOnly.has(request.method)) this.#refuse(transaction, 481, "no dialog");
    else this.#user.onRequest(incomingRequest(this.#core, transaction, newTag(this.#core.random)));
  }

  #receiveInDialog(transaction: ServerTransaction): void {
    const usage = this.#core.calls.find(transaction.request);
    if (usage === undefined) this.#refuse(transaction, 481, "no dialog");
    else usage.receive(transaction);
  }

  #receiveInvite(transaction: ServerTransaction): void {
    const { request } = transaction;
    const { calls, random } = this.#core;
    const dialog = dialogOfInvite(request, newTag(random));
    if (calls.isMerged(request)) this.#refuse(transaction, 482, "merged request");
    else if (calls.size >= this.#maxDialogs) this.#refuse(transaction, 503, "too many dialogs", retryLater);
    else if (dialog === undefined) this.#refuse(transaction, 400, "no usable Contact", { reason: "No usable Contact" });
    else if (this.#isTooBrief(transaction)) this.#refuseBrief(transaction);
    else this.#receiveCall(transaction, dialog);
  }

  #receiveCall(transaction: ServerTransaction, dialog: Dialog): void {
    const { calls, profile } = this.#core;
    const replaced = profile.supported.includes("replaces") ? replacedBy(transaction.request, calls) : undefined;
    if (replaced?.ok === false) this.#refuse(transaction, replaced.status, replaced.why);
    else this.#present(new InboundCall(this.#core, transaction, dialog, replaced?.call));
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

  #refuse(transaction: ServerTransaction, status: number, why: string, options: ResponseOptions = {}): void {
    this.#core.transport.refusals.count(why);
    const toTag = newTag(this.#core.random);
    transaction.respond(reply(transaction.request, status, this.#core.profile, { ...options, toTag }));
  }
}
