import { cseqNumber, ourFromTag, toTag } from "../dialog/dialog.ts";
import { reachOf } from "../dialog/next-hop.ts";
import { rackOf } from "../dialog/reliable.ts";
import { Closed, DialogGone, NextHopRefused, type SipError } from "../kernel/errors.ts";
import { Machine, type Program } from "../kernel/machine.ts";
import type { LocalTag, RemoteTag } from "../kernel/random.ts";
import { type Body, bodyText } from "../message/body.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import { Timers } from "../transaction/timers.ts";
import type { ClientTransaction, ClientUser } from "../transaction/transaction.ts";
import type { Flow } from "../transport/transport.ts";
import type {
  AnswerOffer,
  CallState,
  ExtraHeaders,
  Failure,
  HangUpOptions,
  MakeOffer,
  Outcome,
  OutgoingCall,
  OutgoingCallOptions,
  OutgoingCallUser,
  ReferOptions,
  RequestOptions,
} from "./call.ts";
import type { Core } from "./core.ts";
import { EndReport, remoteEnd } from "./end-report.ts";
import { failureOf, reasonOf } from "./failure.ts";
import { Forks } from "./forks.ts";
import { InviteRetries } from "./invite-retries.ts";
import type { InviteUsage, UsageOwner } from "./invite-usage.ts";
import { type OutgoingAction, type OutgoingState, outgoingTable } from "./outgoing-table.ts";
import { Provisionals } from "./provisionals.ts";
import type { RegisteredCall } from "./registry.ts";
import { Signer } from "./signer.ts";
import { unattached } from "./unattached.ts";

type Event =
  | { readonly type: "provisional" | "answer" | "offer" | "rejection"; readonly response: SipResponse }
  | { readonly type: "retry"; readonly invite: SipRequest }
  | { readonly type: "acknowledge"; readonly body: Body }
  | { readonly type: "hangUp"; readonly headers: ExtraHeaders }
  | { readonly type: "bye"; readonly request: SipRequest }
  | { readonly type: "failed" | "broken"; readonly failure: Failure }
  | { readonly type: "cancelVain" };

const shown: Readonly<Record<OutgoingState, CallState>> = {
  inviting: "early",
  ringing: "early",
  abandoned: "ended",
  cancelling: "ended",
  offered: "confirmed",
  confirmed: "confirmed",
  ended: "ended",
};

/** A call of ours: runs `outgoingTable`; its dialogs are kept by {@link Forks}. */
export class OutboundCall implements OutgoingCall, RegisteredCall, UsageOwner, ClientUser {
  static readonly #program: Program<OutgoingState, Event, OutgoingAction, OutboundCall> = {
    table: outgoingTable,
    initial: "inviting",
    actions: {
      passRinging: (own, event) => "response" in event && own.#passRinging(event.response),
      inviteAgain: (own, event) => "invite" in event && own.#inviteAgain(event.invite),
      confirm: (own, event) => "response" in event && own.#confirm(event.response),
      ack: (own, event) => own.#ack("body" in event ? event.body : undefined),
      passAnswered: (own, event) =>
        "response" in event && own.user.onAnswered(event.response, own.#sdpOf(event.response)),
      keepHeaders: (own, event) => {
        if ("headers" in event) own.#headers = event.headers;
      },
      cancel: (own) => own.#cancel(),
      dispose: (own, event) => "response" in event && own.#dispose(event.response),
      abandon: (own) => own.#transaction?.abandon(),
      sendBye: (own, event) => own.#forks.current?.bye("failure" in event ? reasonOf(event.failure) : own.#headers),
      reportLocal: (own) => own.#end.report({ by: "local", cause: "hung-up" }),
      reportRemote: (own, event) => "request" in event && own.#end.report(remoteEnd("bye", event.request)),
      reportRejected: (own, event) =>
        "response" in event && own.#end.report({ by: "remote", cause: "rejected", response: event.response }),
      reportFailure: (own, event) => "failure" in event && own.#end.report(event.failure),
    },
  };

  readonly invite = undefined;
  readonly callId: string;
  readonly localTag: LocalTag;
  readonly #core: Core;
  readonly #inviteFlow: Flow;
  #user: OutgoingCallUser | undefined;
  #offer: Body | undefined;
  readonly #retries: InviteRetries;
  readonly #provisionals = new Provisionals();
  #answerEarly: ((body: Body) => void) | undefined;
  readonly #forks: Forks;
  readonly #machine: Machine<OutgoingState, Event, OutgoingAction, OutboundCall>;
  readonly #end = new EndReport();
  readonly #timers: Timers<"cancel">;
  #request: SipRequest;
  #transaction: ClientTransaction | undefined;
  #headers: ExtraHeaders = [];
  #lastTag: RemoteTag | undefined;

  /** `request` is the INVITE, complete but for its Via. */
  constructor(core: Core, request: SipRequest, flow: Flow, options: OutgoingCallOptions) {
    this.#user = options.user;
    this.callId = request.headers.get("Call-ID") ?? "";
    this.localTag = ourFromTag(request);
    this.#inviteFlow = flow;
    this.#core = core;
    this.#request = request;
    this.#offer = options.body;
    const signer = new Signer(options.credentials, core.random);
    this.#retries = new InviteRetries(signer);
    this.#timers = new Timers(core.clock);
    this.#end.attach(options.user);
    this.#forks = new Forks(core, usageOptions(flow, signer, options), this);
    this.#machine = new Machine(OutboundCall.#program, this);
  }

  /** Hears what happens; nobody after the end. */
  get user(): OutgoingCallUser {
    return this.#user ?? absent;
  }

  get flow(): Flow {
    return this.#forks.current?.link.flow ?? this.#inviteFlow;
  }

  get remoteTarget(): string | undefined {
    return this.#forks.current?.dialog.remoteTarget;
  }

  get remoteTag(): RemoteTag | undefined {
    return this.#forks.current?.dialog.remoteTag ?? this.#lastTag;
  }

  get state(): CallState {
    return shown[this.#machine.state];
  }

  get isOver(): boolean {
    return this.state === "ended";
  }

  get dialogs(): number {
    return this.#forks.size;
  }

  start(): void {
    this.#transaction = this.#core.transactions.request(this.#request, this.#inviteFlow, this);
  }

  hangUp(options: HangUpOptions = {}): void {
    this.#dispatch({ type: "hangUp", headers: options.headers ?? [] });
  }

  ack(body: Body): void {
    if (this.#answerEarly !== undefined) this.#answerEarly(body);
    else this.#dispatch({ type: "acknowledge", body });
  }

  async request(method: string, options: RequestOptions = {}): Promise<Outcome> {
    const usage = this.state === "ended" ? undefined : this.#forks.current;
    return usage === undefined ? { ok: false, error: new DialogGone() } : usage.request(method, options);
  }

  async refer(target: string, options: ReferOptions): Promise<Outcome> {
    const usage = this.state === "confirmed" ? this.#forks.current : undefined;
    return usage === undefined ? { ok: false, error: new DialogGone() } : usage.refer(target, options);
  }

  async reinvite(offer: Body | MakeOffer | AnswerOffer): Promise<Outcome> {
    const usage = this.state === "confirmed" ? this.#forks.current : undefined;
    return usage === undefined ? { ok: false, error: new DialogGone() } : usage.reinvite(offer);
  }

  follow(flow: Flow): void {
    this.#forks.current?.link.follow(flow);
  }

  usage(remoteTag: RemoteTag | undefined): InviteUsage | undefined {
    return this.#forks.find(remoteTag);
  }

  onResponse(response: SipResponse): void {
    if (response.status < 200) this.#dispatch({ type: "provisional", response });
    else if (response.status >= 300) this.#onRejection(response);
    else if (!this.#forks.repeatAck(response)) this.#onAnswer(response);
  }

  onFailure(error: SipError): void {
    this.#dispatch({ type: "failed", failure: failureOf(error) });
  }

  onBye(request: SipRequest): void {
    this.#dispatch({ type: "bye", request });
  }

  onPrack(): undefined {}

  onBroken(failure: Failure): void {
    this.#dispatch({ type: "broken", failure });
  }

  stop(): void {
    this.#release();
    this.#end.report(failureOf(new Closed()));
  }

  #onRejection(response: SipResponse): void {
    const invite = this.#retries.next(this.#request, response);
    if (invite === undefined || !this.#dispatch({ type: "retry", invite }))
      this.#dispatch({ type: "rejection", response });
  }

  #onAnswer(response: SipResponse): void {
    const isFork = this.#forks.isChosen && this.#forks.current?.dialog.remoteTag !== toTag(response);
    if (isFork || this.#machine.state === "ended") this.#dispose(response);
    else this.#dispatch({ type: this.#isOffer(response) ? "offer" : "answer", response });
  }

  #isOffer(response: SipResponse): boolean {
    return bodyText(this.#request) === undefined && !this.#provisionals.isSettled(toTag(response));
  }

  #dispatch(event: Event): boolean {
    if (!this.#machine.dispatch(event)) return false;
    if (this.#machine.state === "ended") {
      this.#release();
      this.#core.calls.remove(this);
    }
    return true;
  }

  /** Lets go of everything but what answers a 2xx that comes late or again. */
  #release(): void {
    this.#lastTag = this.remoteTag;
    this.#timers.stopAll();
    this.#forks.close();
    this.#user = undefined;
    this.#offer = undefined;
    this.#transaction = undefined;
    this.#answerEarly = undefined;
  }

  #passRinging(response: SipResponse): void {
    if (response.status === 100) return this.user.onTrying?.();
    const hasDialog = this.#forks.early(this.#request, response);
    const provisional = this.#provisionals.take(response, hasDialog);
    if (provisional.kind === "stale") return;
    if (provisional.kind === "reliable") this.#acknowledgeEarly(response, provisional.rseq);
    const sdp = bodyText(response);
    if (sdp !== undefined && (hasDialog || toTag(response) === undefined))
      this.#provisionals.describe(toTag(response), sdp);
    this.user.onRinging(response, sdp);
  }

  /** The SDP of a 2xx, or the answer that came before it. An offer comes in the 2xx itself. */
  #sdpOf(response: SipResponse): string | undefined {
    const isAnswer = this.#offer !== undefined;
    return bodyText(response) ?? (isAnswer ? this.#provisionals.description(toTag(response)) : undefined);
  }

  /** An answer, or nothing, is acknowledged at once; an offer when the application has answered it. */
  #acknowledgeEarly(response: SipResponse, rseq: number): void {
    const usage = this.#forks.find(toTag(response));
    const hasSdp = bodyText(response) !== undefined;
    const acknowledge = (body?: Body): void => {
      this.#answerEarly = undefined;
      usage?.prack(rackOf(rseq, response), body);
      if (hasSdp) this.#settleEarly(usage);
    };
    if (hasSdp && this.#isOffer(response)) this.#answerEarly = acknowledge;
    else acknowledge();
  }

  #settleEarly(usage: InviteUsage | undefined): void {
    if (usage === undefined || this.#provisionals.isSettled(usage.dialog.remoteTag)) return;
    this.#provisionals.settle(usage.dialog.remoteTag);
    usage.turn.take("done");
    usage.link.describe(this.#offer);
  }

  #inviteAgain(invite: SipRequest): void {
    this.#forks.close();
    this.#request = invite;
    this.start();
  }

  #confirm(response: SipResponse): void {
    const { link } = this.#forks.choose(this.#request, response);
    link.describe(this.#offer);
    link.session.agreed(response);
  }

  #ack(body: Body | undefined): void {
    const usage = this.#forks.current;
    const ack = usage?.link.ack(cseqNumber(this.#request), body);
    if (!this.#provisionals.isSettled(usage?.dialog.remoteTag)) usage?.turn.take("done");
    if (ack !== undefined) this.#forks.acknowledged(usage?.dialog.remoteTag, ack);
    else this.onBroken(failureOf(new NextHopRefused()));
  }

  #cancel(): void {
    if (this.#transaction === undefined) return;
    this.#core.transactions.cancel(this.#transaction, this.#headers);
    this.#timers.start("cancel", 64 * this.#core.timers.t1, () => this.#dispatch({ type: "cancelVain" }));
  }

  #dispose(response: SipResponse): void {
    this.#forks.dispose(this.#request, response, cseqNumber(this.#request));
  }
}

const absent: OutgoingCallUser = { ...unattached, onRinging: () => {}, onAnswered: () => {} };

function usageOptions(flow: Flow, signer: Signer, options: OutgoingCallOptions) {
  const { contactUser, reach = reachOf(flow), verifier, originOf } = options;
  const turn = options.body === undefined ? "theirs" : "ours";
  const link = { flow, reach, signer, ...(contactUser !== undefined && { contactUser }) };
  return { ...link, ownsCallId: true, turn, verifier, originOf } as const;
}
