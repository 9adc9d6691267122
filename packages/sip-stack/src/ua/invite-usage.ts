import type { RequestVerifier } from "../auth/verifier.ts";
import type { Dialog } from "../dialog/dialog.ts";
import type { TurnState } from "../dialog/turn.ts";
import { AckMissing, DialogGone, SessionExpired, type SipError, TransactionTimeout } from "../kernel/errors.ts";
import { type Body, bodyText } from "../message/body.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import type { ServerTransaction } from "../transaction/transaction.ts";
import { type Flow, isWebSocket } from "../transport/transport.ts";
import { AckWaits } from "./ack-wait.ts";
import type {
  AnswerOffer,
  CallUser,
  ExtraHeaders,
  Failure,
  MakeOffer,
  OriginOf,
  Outcome,
  ReferOptions,
  RequestOptions,
} from "./call.ts";
import type { Core } from "./core.ts";
import { DialogLink, type LinkOptions } from "./dialog-link.ts";
import { failureOf } from "./failure.ts";
import { incomingRequest } from "./incoming-request.ts";
import { OwnOffers } from "./own-offers.ts";
import { PeerOffers } from "./peer-offers.ts";
import { missingExtensions } from "./require.ts";
import { Senders } from "./senders.ts";
import { Session } from "./session.ts";
import { Transfers } from "./transfers.ts";
import { Turn } from "./turn.ts";

const forApplication = new Set(["INFO", "REFER", "NOTIFY", "MESSAGE"]);

const fatalCodes = new Set(["SIP_NEXT_HOP_REFUSED", "SIP_TRANSACTION_TIMEOUT", "SIP_MESSAGE_INVALID"]);

/** Hears what the dialog itself cannot settle. */
export interface UsageOwner {
  readonly user: CallUser;
  /** A BYE, answered already. */
  onBye(request: SipRequest): void;
  /** A PRACK; `undefined`: it acknowledges nothing. Says what SDP in it would be. */
  onPrack(request: SipRequest): "offer" | "answer" | undefined;
  /** The dialog cannot go on. */
  onBroken(failure: Failure): void;
}

/** What a usage starts with. */
export type UsageOptions = LinkOptions & {
  readonly ownsCallId: boolean;
  readonly turn: TurnState;
  /** Who may speak in the dialog; without one nobody has to prove it. */
  readonly verifier?: RequestVerifier | undefined;
  /** Who sends over another flow; without it everyone who knows the tags is the peer. */
  readonly originOf?: OriginOf | undefined;
};

/** The INVITE usage of one dialog (RFC 5057): every request in it, from either side, after the INVITE that made it. */
export class InviteUsage {
  readonly link: DialogLink;
  readonly turn: Turn;
  readonly acks: AckWaits;
  readonly #session: Session;
  readonly #core: Core;
  readonly #owner: UsageOwner;
  readonly #own: OwnOffers;
  readonly #peer: PeerOffers;
  readonly #transfers: Transfers;
  readonly #senders: Senders;
  #updateRefused = false;

  constructor(core: Core, dialog: Dialog, options: UsageOptions, owner: UsageOwner) {
    this.#core = core;
    this.#owner = owner;
    this.#session = new Session(core.clock, core.sessionTimes, {
      refresh: () => void this.#refresh(),
      expired: () => owner.onBroken(failureOf(new SessionExpired())),
    });
    this.link = new DialogLink(core, dialog, options, this.#session);
    this.#transfers = new Transfers(core, this.link);
    this.turn = new Turn(options.turn);
    this.#own = new OwnOffers(core, this.link, this.turn, options);
    this.acks = new AckWaits(core.clock, core.timers);
    this.#peer = new PeerOffers(core, this.link, this.turn, this.acks, {
      onOffer: (offer) => owner.user.onOffer(offer),
      onAnswer: (sdp) => owner.user.onAnswer(sdp),
      onAckMissing: () => owner.onBroken({ by: "failure", cause: "ack-missing", error: new AckMissing() }),
      isPeer: (flow) => this.isPeer(flow),
    });
    this.#senders = new Senders(core, this.link, options, (transaction) => this.#admit(transaction));
  }

  get dialog(): Dialog {
    return this.link.dialog;
  }

  /** Takes a request in the dialog that is neither ACK nor CANCEL: those cannot be challenged, RFC 3261 section 22.1. */
  receive(transaction: ServerTransaction): void {
    this.#senders.receive(transaction);
  }

  receiveAck(ack: SipRequest, flow: Flow): void {
    if (this.isPeer(flow)) this.acks.receive(ack);
    else this.#core.transport.refusals.count("ACK of another peer's dialog");
  }

  /** Whether ACK and CANCEL over this flow are the peer's. */
  isPeer(flow: Flow): boolean {
    return this.#senders.isPeer(flow);
  }

  /** Sends a request; an UPDATE with a body is an offer and waits for its turn. */
  async request(method: string, options: RequestOptions): Promise<Outcome> {
    if (method === "UPDATE" && options.body !== undefined)
      return this.#judge(await this.#own.offer("UPDATE", options), method);
    const outcome = await new Promise<Outcome>((resolve) => {
      this.link.send(method, options, {
        onFinal: (response) => resolve({ ok: true, response }),
        onError: (error) => resolve({ ok: false, error }),
      });
    });
    return this.#judge(outcome, method);
  }

  async reinvite(offer: Body | MakeOffer | AnswerOffer): Promise<Outcome> {
    return this.#judge(await this.#offer(offer), "INVITE");
  }

  #offer(offer: Body | MakeOffer | AnswerOffer): Promise<Outcome> {
    if (typeof offer === "function") return this.#own.offer("INVITE", {}, offer);
    if ("make" in offer) return this.#own.offer("INVITE", async () => ({ body: await offer.make() }));
    return this.#own.offer("INVITE", { body: offer });
  }

  async refer(target: string, options: ReferOptions): Promise<Outcome> {
    return this.#judge(await this.#transfers.refer(target, options), "REFER");
  }

  /** Acknowledges a reliable provisional, RFC 3262 section 4; what becomes of the PRACK does not matter to the call. */
  prack(rack: string, body: Body | undefined): void {
    const options = { headers: [["RAck", rack]] as const, ...(body && { body }) };
    this.link.describe(body);
    this.link.send("PRACK", options, { onFinal: () => {}, onError: () => {} });
  }

  /** Sends BYE; what becomes of it does not matter to the call. */
  bye(headers: ExtraHeaders = []): void {
    this.link.send("BYE", { headers }, { onFinal: () => {}, onError: () => {} });
  }

  close(): void {
    this.#session.close();
    this.#transfers.close();
    this.#own.close();
    this.#peer.close();
    this.acks.close();
    this.#senders.close();
    this.link.close();
  }

  #admit(transaction: ServerTransaction): void {
    const { request } = transaction;
    const missing = missingExtensions(request, this.#core.profile.supported);
    const refusal = missing === undefined ? this.link.take(request) : undefined;
    if (missing !== undefined) this.link.respond(transaction, 420, { headers: [["Unsupported", missing]] });
    else if (refusal !== undefined) this.link.respond(transaction, refusal);
    else if (this.#isTooBrief(request))
      this.link.respond(transaction, 422, { headers: this.#session.refusal(request) ?? [] });
    else this.#handle(transaction);
  }

  /** A WebSocket peer is never answered 422: browsers end the call. */
  #isTooBrief(request: SipRequest): boolean {
    const isRefresh = request.method === "INVITE" || request.method === "UPDATE";
    return isRefresh && !isWebSocket(this.link.flow) && this.#session.refusal(request) !== undefined;
  }

  /** UPDATE only where the peer allows it, else the same SDP once more, RFC 4028 section 7.4. */
  async #refresh(): Promise<void> {
    const { description } = this.link;
    const byUpdate =
      (this.dialog.allow?.includes("UPDATE") === true && !this.#updateRefused) || description === undefined;
    const outcome = await (byUpdate ? this.request("UPDATE", {}) : this.#repeatOffer());
    const response = outcome.response;
    if (byUpdate && (response?.status === 405 || response?.status === 501)) this.#updateRefused = true;
    if (!outcome.ok || outcome.response.status >= 300) this.#session.refreshFailed(response);
    else if (!byUpdate) this.#takeAnswer(outcome.response);
  }

  /** Offers what holds by the time that it is sent: other offers may go first. */
  async #repeatOffer(): Promise<Outcome> {
    const { link } = this;
    const options = (): RequestOptions => (link.description === undefined ? {} : { body: link.description });
    return this.#judge(await this.#own.offer("INVITE", options), "INVITE");
  }

  /** The answer to a refresh may differ from the one before, RFC 4028 section 7.4. */
  #takeAnswer(response: SipResponse): void {
    const sdp = bodyText(response);
    if (sdp !== undefined) this.#owner.user.onAnswer(sdp);
  }

  #handle(transaction: ServerTransaction): void {
    const { method } = transaction.request;
    if (method === "INVITE" || method === "UPDATE") this.#peer.receive(transaction);
    else if (method === "BYE") this.#bye(transaction);
    else if (method === "PRACK") this.#prack(transaction);
    else if (method === "OPTIONS") this.link.respond(transaction, 200, { headers: [["Accept", "application/sdp"]] });
    else if (method === "REFER" && this.#transfers.receive(transaction, this.#owner.user)) return;
    else if (method === "NOTIFY" && this.#transfers.receiveNotify(transaction)) return;
    else if (forApplication.has(method) || this.#isAllowed(method)) this.#passOn(transaction);
    else this.link.respond(transaction, 405);
  }

  #prack(transaction: ServerTransaction): void {
    const { request } = transaction;
    const sdp = bodyText(request);
    const brings = this.#owner.onPrack(request);
    if (brings === "offer" && sdp !== undefined) return this.#peer.receive(transaction);
    this.link.respond(transaction, brings === undefined ? 481 : 200);
    if (brings === "answer" && sdp !== undefined) this.#owner.user.onAnswer(sdp);
  }

  #bye(transaction: ServerTransaction): void {
    this.link.respond(transaction, 200);
    this.#owner.onBye(transaction.request);
  }

  /** What Allow shows is never answered 405. */
  #isAllowed(method: string): boolean {
    return this.#core.profile.capabilities.all("Allow").includes(method);
  }

  #passOn(transaction: ServerTransaction): void {
    this.#owner.user.onRequest(incomingRequest(this.#core, transaction, this.dialog.localTag));
  }

  /** RFC 5057: a 481 ends the dialog, as do a 408 and silence on a refresh (INVITE, UPDATE). */
  #judge(outcome: Outcome, method: string): Outcome {
    const refresh = method === "INVITE" || method === "UPDATE";
    if (!outcome.ok) {
      const fatal = fatalCodes.has(outcome.error.code);
      if (refresh && fatal) this.#owner.onBroken(failureOf(outcome.error));
      return outcome;
    }
    const error = fatalStatus(outcome.response, refresh);
    if (error === undefined) return outcome;
    this.#owner.onBroken(failureOf(error));
    return { ok: false, error, response: outcome.response };
  }
}

function fatalStatus(response: SipResponse, refresh: boolean): SipError | undefined {
  if (response.status === 481) return new DialogGone();
  return refresh && response.status === 408 ? new TransactionTimeout() : undefined;
}
