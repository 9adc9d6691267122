import { advance, type Dialog } from "../dialog/dialog.ts";
import { flowFor, type Reach } from "../dialog/next-hop.ts";
import { ackIn, nextRequest } from "../dialog/requests.ts";
import { NextHopRefused, type SipError, TransportFailed } from "../kernel/errors.ts";
import { type Parsed, parsed } from "../kernel/parsed.ts";
import type { Body } from "../message/body.ts";
import { type Headers, headers } from "../message/headers.ts";
import type { SipMessage, SipRequest, SipResponse } from "../message/message.ts";
import { Timers } from "../transaction/timers.ts";
import type { ClientTransaction, ServerTransaction } from "../transaction/transaction.ts";
import type { Sent } from "../transport/sent.ts";
import type { Flow } from "../transport/transport.ts";
import type { RequestOptions, ResponseOptions } from "./call.ts";
import { contactFor, dressRequest, reply } from "./compose.ts";
import type { Core } from "./core.ts";
import { maxChallenges } from "./prove.ts";
import type { Session } from "./session.ts";
import type { Signer } from "./signer.ts";

/** Hears of the final response to a request in a dialog (of a 2xx to an INVITE each time it comes) or why there is none. */
export type FinalUser = {
  onFinal(response: SipResponse): void;
  onError(error: SipError): void;
  /** A challenge was answered: the request has gone out again with this CSeq number. */
  onAgain?(number: number): void;
};

/** What a dialog needs to be spoken in. */
export type LinkOptions = {
  readonly flow: Flow;
  readonly contactUser?: string;
  readonly reach: Reach;
  readonly signer: Signer;
};

/** One request of ours in the dialog, through all its answers to challenges. */
type Exchange = {
  readonly method: string;
  readonly body: Body | undefined;
  readonly flow: Flow;
  readonly user: FinalUser;
  readonly challenges: number;
};

/** After so long without a final response an INVITE in the dialog is cancelled: 64*T1 later it has timed out. */
const mostProceedingMs = 60_000;

/** Speaks inside one dialog: builds requests and responses, picks the flow, keeps the dialog's record in step. */
export class DialogLink {
  readonly contact: string;
  readonly session: Session;
  #flow: Flow;
  readonly #core: Core;
  readonly #reach: Reach;
  readonly #signer: Signer;
  /** What the latest INVITE proved itself with: its ACK repeats it, RFC 3261 section 13.2.2.4. */
  #proof: Headers = headers();
  #dialog: Dialog;
  #description: Body | undefined;
  /** INVITEs that wait for their final response. */
  readonly #open = new Set<ClientTransaction>();
  /** Those of them that nothing was heard of, with what gives them up. */
  readonly #unheard = new Map<ClientTransaction, () => void>();
  readonly #timers: Timers<"proceeding">;
  #isOver = false;

  constructor(core: Core, dialog: Dialog, options: LinkOptions, session: Session) {
    this.session = session;
    this.#core = core;
    this.#dialog = dialog;
    this.#flow = options.flow;
    this.#reach = options.reach;
    this.#signer = options.signer;
    this.#timers = new Timers(core.clock);
    this.contact = contactFor(core.profile, options.flow, options.contactUser);
  }

  get flow(): Flow {
    return this.#flow;
  }

  /**
   * The peer is reached over this flow from now on. An INVITE on the old flow that got no response, not even 100, was sent
   * into the void: it is given up, since until then each offer of the peer's would be refused with 491.
   */
  follow(flow: Flow): void {
    const hasMoved = flow.id !== this.#flow.id;
    this.#flow = flow;
    if (hasMoved) for (const giveUp of [...this.#unheard.values()]) giveUp();
  }

  get dialog(): Dialog {
    return this.#dialog;
  }

  /** The SDP of ours that holds now; `undefined` before the first. */
  get description(): Body | undefined {
    return this.#description;
  }

  /** Remembers SDP of ours that has gone out and holds. */
  describe(body: Body | undefined): void {
    if (body?.type.toLowerCase().startsWith("application/sdp")) this.#description = body;
  }

  /** Takes what the 2xx says over the early dialog, RFC 3261 section 13.2.2.4; the sequence numbers go on. */
  confirm(dialog: Dialog): void {
    const { localCSeq, remoteCSeq, remoteMethod, allow } = this.#dialog;
    const received = { remoteCSeq, ...(remoteMethod && { remoteMethod }) };
    const sent = { localCSeq: Math.max(localCSeq, dialog.localCSeq) };
    this.#dialog = { ...(allow && { allow }), ...dialog, ...sent, ...received };
  }

  /** Applies a message of the peer's; a status where it is out of order. */
  take(message: SipMessage): 500 | undefined {
    const next = advance(this.#dialog, message);
    if (!next.ok) return next.status;
    this.#dialog = next.dialog;
    return undefined;
  }

  respond(transaction: ServerTransaction, status: number, options: ResponseOptions = {}): SipResponse {
    const { request } = transaction;
    const isRefresh = refreshes.has(request.method);
    const terms = isRefresh && status >= 200 && status < 300 ? this.session.agree(request) : [];
    const response = reply(request, status, this.#core.shownOn(transaction.flow), {
      ...options,
      headers: [...terms, ...(options.headers ?? [])],
      toTag: this.#dialog.localTag,
      ...(isRefresh && { contact: this.contact }),
    });
    if (status < 300) this.describe(options.body);
    transaction.respond(response);
    return response;
  }

  /** Sends a request; its final response is applied to the dialog before `user` hears of it. Returns its CSeq number. */
  send(method: string, options: RequestOptions, user: FinalUser): number {
    const { dialog, request } = nextRequest(this.#dialog, method);
    this.#dialog = dialog;
    const flow = this.#flowFor(request.method);
    if (!flow.ok) {
      queueMicrotask(() => user.onError(new NextHopRefused(flow.why)));
      return dialog.localCSeq;
    }
    const dressed = dressRequest(this.#timed(request), this.#core.shownOn(flow.value), this.contact, options);
    const exchange = { method, body: options.body, flow: flow.value, user, challenges: 0 };
    this.#exchange(this.#signer.sign(dressed), exchange);
    return dialog.localCSeq;
  }

  #exchange(request: SipRequest, exchange: Exchange): void {
    const { method, flow, user } = exchange;
    if (method === "INVITE") this.prove(request);
    let isFirst = true;
    const transaction = this.#core.transactions.request(request, flow, {
      onResponse: (response) => {
        this.#unheard.delete(transaction);
        if (response.status < 200) return;
        this.#settled(transaction);
        if (isFirst && this.#answersChallenge(response, request, exchange)) return;
        if (isFirst) this.#takeFinal(method, response, exchange.body);
        isFirst = false;
        user.onFinal(response);
      },
      onFailure: (error) => {
        this.#settled(transaction);
        user.onError(error);
      },
    });
    if (method !== "INVITE") return;
    this.#awaitFinal(transaction);
    this.#unheard.set(transaction, () => this.#giveUp(transaction, user));
  }

  #giveUp(invite: ClientTransaction, user: FinalUser): void {
    this.#settled(invite);
    invite.abandon();
    user.onError(new TransportFailed("the peer has another flow"));
  }

  /** No timer of the transaction bounds the wait once a provisional has come, RFC 3261 section 17.1.1.2. */
  #awaitFinal(invite: ClientTransaction): void {
    this.#open.add(invite);
    this.#timers.start("proceeding", mostProceedingMs, () => {
      this.#core.transactions.cancel(invite);
      invite.expire();
    });
  }

  #settled(transaction: ClientTransaction): void {
    this.#unheard.delete(transaction);
    if (this.#open.delete(transaction)) this.#timers.stopAll();
  }

  /** Sends the request again with the next CSeq where it was challenged and we know who we are, RFC 3261 section 22.2. */
  #answersChallenge(response: SipResponse, request: SipRequest, exchange: Exchange): boolean {
    const isOfUse = exchange.challenges < maxChallenges && (!this.#isOver || exchange.method === "BYE");
    const again = isOfUse ? this.#signer.answer(response, request) : undefined;
    if (again === undefined) return false;
    const number = this.#dialog.localCSeq + 1;
    this.#dialog = { ...this.#dialog, localCSeq: number };
    exchange.user.onAgain?.(number);
    const counted = { ...again, headers: again.headers.with("CSeq", `${number} ${exchange.method}`) };
    this.#exchange(counted, { ...exchange, challenges: exchange.challenges + 1 });
    return true;
  }

  /** Remembers what an INVITE proves itself with. */
  prove(invite: SipRequest): void {
    this.#proof = invite.headers.only(["Authorization", "Proxy-Authorization"]);
  }

  /** The dialog is over: nothing waits for ever, and of what is challenged only BYE is sent again. */
  close(): void {
    this.#isOver = true;
    this.#timers.stopAll();
    for (const invite of this.#open) invite.expire();
  }

  #timed(request: SipRequest): SipRequest {
    if (!refreshes.has(request.method)) return request;
    return { ...request, headers: request.headers.and(headers(this.session.inRequest)) };
  }

  #takeFinal(method: string, response: SipResponse, body: Body | undefined): void {
    this.take(response);
    if (response.status >= 300 || !refreshes.has(method)) return;
    this.describe(body);
    this.session.agreed(response);
  }

  /** Acknowledges a 2xx over the route set; `undefined` when the way there is refused. */
  ack(inviteCSeq: number, body?: Body): Sent | undefined {
    const bare = ackIn(this.#dialog, inviteCSeq);
    const request = { ...bare, headers: bare.headers.and(this.#proof) };
    const flow = this.#flowFor(request.method);
    if (!flow.ok) return undefined;
    this.describe(body);
    const dressed = dressRequest(
      request,
      this.#core.shownOn(flow.value),
      this.contact,
      body === undefined ? {} : { body },
    );
    return this.#core.transactions.sendAck(dressed, flow.value);
  }

  #noteAstray(method: string, why: string): void {
    const { transport, onAstray } = this.#core;
    transport.refusals.count(why);
    onAstray(method, this.#flow, why);
  }

  #flowFor(method: string): Parsed<Flow> {
    const { transport } = this.#core;
    const chosen = flowFor(this.#dialog, this.#flow, this.#reach, (hop) => transport.flowTo(hop.transport, hop));
    const astray = chosen.ok ? chosen.value.astray : chosen.why;
    if (astray !== undefined) this.#noteAstray(method, astray);
    return chosen.ok ? parsed(chosen.value.flow) : chosen;
  }
}

const refreshes = new Set(["INVITE", "UPDATE"]);
