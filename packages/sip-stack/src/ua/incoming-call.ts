import type { Dialog } from "../dialog/dialog.ts";
import { reachOf } from "../dialog/next-hop.ts";
import { names100rel } from "../dialog/reliable.ts";
import { AckMissing, Closed, DialogGone, PrackMissing, type SipError } from "../kernel/errors.ts";
import { Machine, type Program } from "../kernel/machine.ts";
import type { LocalTag, RemoteTag } from "../kernel/random.ts";
import { type Body, bodyText } from "../message/body.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import type { ServerTransaction, ServerUser } from "../transaction/transaction.ts";
import type { Flow } from "../transport/transport.ts";
import type {
  AnswerOffer,
  AttachOptions,
  Call,
  CallState,
  CallUser,
  ExtraHeaders,
  Failure,
  HangUpOptions,
  IncomingCall,
  MakeOffer,
  Outcome,
  ReferOptions,
  RequestOptions,
  ResponseOptions,
  RingOptions,
} from "./call.ts";
import type { Core } from "./core.ts";
import { EndReport, remoteEnd } from "./end-report.ts";
import { failureOf, reasonOf } from "./failure.ts";
import { type IncomingAction, type IncomingState, incomingTable } from "./incoming-table.ts";
import { ringLimit } from "./invite-expiry.ts";
import { InviteUsage, type UsageOwner } from "./invite-usage.ts";
import type { RegisteredCall } from "./registry.ts";
import { ReliableRings } from "./reliable-rings.ts";
import { Ringing } from "./ringing.ts";
import { Signer } from "./signer.ts";
import { unattached } from "./unattached.ts";

type Event =
  | { readonly type: "ring" | "answer" | "hangUp"; readonly status: number; readonly options: ResponseOptions }
  | { readonly type: "cancel" | "bye" | "ack"; readonly request: SipRequest }
  | { readonly type: "broken" | "unreachable" | "ackMissing" | "unsettled"; readonly failure: Failure };

/** What is known of a call before it is shown to the application. */
type Origin = { readonly replaces?: Call | undefined; readonly username?: string | undefined };

const shown: Readonly<Record<IncomingState, CallState>> = {
  arriving: "early",
  answered: "confirmed",
  confirmed: "confirmed",
  closing: "ended",
  ended: "ended",
};

/** A call that came in: runs `incomingTable`; what happens inside its dialog is the usage's. */
export class InboundCall implements IncomingCall, RegisteredCall, UsageOwner, ServerUser {
  static readonly #program: Program<IncomingState, Event, IncomingAction, InboundCall> = {
    table: incomingTable,
    initial: "arriving",
    actions: {
      respond: (own, event) => "status" in event && own.#ring(event.status, event.options),
      refuse: (own, event) => own.#refuse(event),
      terminate: (own) => own.#respond(487, {}),
      awaitAck: (own) => own.#awaitAck(),
      passAnswer: (own, event) => "request" in event && own.#passAnswer(event.request),
      keepBye: (own, event) => {
        own.#byeHeaders = "options" in event ? (event.options.headers ?? []) : [];
      },
      sendBye: (own, event) => own.#usage.bye("failure" in event ? reasonOf(event.failure) : []),
      sendKeptBye: (own) => own.#usage.bye(own.#byeHeaders),
      reportLocal: (own) => own.#end.report({ by: "local", cause: "hung-up" }),
      reportRemote: (own, event) =>
        "request" in event && own.#end.report(remoteEnd(event.type === "bye" ? "bye" : "cancel", event.request)),
      reportFailure: (own, event) => "failure" in event && own.#end.report(event.failure),
    },
  };

  readonly invite: SipRequest;
  readonly replaces: Call | undefined;
  readonly username: string | undefined;
  readonly #core: Core;
  readonly #transaction: ServerTransaction;
  readonly #dialog: Dialog;
  readonly #machine: Machine<IncomingState, Event, IncomingAction, InboundCall>;
  readonly #end = new EndReport();
  readonly #ringing: Ringing;
  readonly #reliable: ReliableRings;
  #held: (() => void) | undefined;
  #agreedEarly = false;
  #options: AttachOptions = {};
  #madeUsage: InviteUsage | undefined;
  #attached: CallUser | undefined;
  #response: SipResponse | undefined;
  #byeHeaders: ExtraHeaders = [];

  constructor(core: Core, transaction: ServerTransaction, dialog: Dialog, { replaces, username }: Origin = {}) {
    this.replaces = replaces;
    this.username = username;
    this.invite = transaction.request;
    this.#core = core;
    this.#transaction = transaction;
    this.#dialog = dialog;
    this.#machine = new Machine(InboundCall.#program, this);
    const { limitMs, error } = ringLimit(this.invite, core.ringingMs);
    this.#ringing = new Ringing(core.clock, limitMs, {
      repeat: () => this.#response && transaction.respond(this.#response),
      tooLong: () => this.#dispatch({ type: "unsettled", failure: failureOf(error()) }),
    });
    this.#reliable = this.#makeReliable();
    transaction.watch(this);
  }

  get flow(): Flow {
    return this.#madeUsage?.link.flow ?? this.#transaction.flow;
  }

  get remoteTarget(): string {
    return (this.#madeUsage?.dialog ?? this.#dialog).remoteTarget;
  }

  get callId(): string {
    return this.#dialog.callId;
  }

  get localTag(): LocalTag {
    return this.#dialog.localTag;
  }

  get remoteTag(): RemoteTag | undefined {
    return this.#dialog.remoteTag;
  }

  get state(): CallState {
    return shown[this.#machine.state];
  }

  get dialogs(): number {
    return this.#machine.state === "ended" ? 0 : 1;
  }

  get isAttached(): boolean {
    return this.#attached !== undefined;
  }

  /** Hears what happens in the dialog. Nobody before `attach`. */
  get user(): CallUser {
    return this.#attached ?? unattached;
  }

  attach(user: CallUser, options: AttachOptions = {}): void {
    this.#attached = user;
    this.#end.attach(user);
    this.#options = options;
  }

  ring(status: 180 | 181 | 182 | 183, options: RingOptions = {}): void {
    this.#dispatch({ type: "ring", status, options });
  }

  answer(body: Body | undefined, options: { readonly headers?: ExtraHeaders } = {}): void {
    if (this.#reliable.isPending) this.#held ??= () => this.answer(body, options);
    else this.#dispatch({ type: "answer", status: 200, options: { ...options, ...(body && { body }) } });
  }

  reject(status: number, options: ResponseOptions = {}): void {
    this.#dispatch({ type: "hangUp", status: Math.max(300, status), options });
  }

  hangUp(options: HangUpOptions = {}): void {
    this.reject(options.status ?? 480, options.headers === undefined ? {} : { headers: options.headers });
  }

  async request(method: string, options: RequestOptions = {}): Promise<Outcome> {
    return this.state === "ended" ? { ok: false, error: new DialogGone() } : this.#usage.request(method, options);
  }

  async refer(target: string, options: ReferOptions): Promise<Outcome> {
    const usage = this.state === "confirmed" ? this.#usage : undefined;
    return usage === undefined ? { ok: false, error: new DialogGone() } : usage.refer(target, options);
  }

  async reinvite(offer: Body | MakeOffer | AnswerOffer): Promise<Outcome> {
    return this.state === "confirmed" ? this.#usage.reinvite(offer) : { ok: false, error: new DialogGone() };
  }

  follow(flow: Flow): void {
    this.#usage.link.follow(flow);
  }

  usage(remoteTag: RemoteTag | undefined): InviteUsage | undefined {
    return remoteTag === this.remoteTag ? this.#usage : undefined;
  }

  onBye(request: SipRequest): void {
    this.#dispatch({ type: "bye", request });
  }

  onPrack(request: SipRequest): "offer" | "answer" | undefined {
    const before = this.#agreedEarly;
    if (!this.#reliable.receive(request)) return undefined;
    return this.#agreedEarly !== before && !this.#isOffered ? "answer" : "offer";
  }

  onBroken(failure: Failure): void {
    this.#dispatch({ type: "broken", failure });
  }

  onCancel(request: SipRequest): void {
    this.#dispatch({ type: "cancel", request });
  }

  mayCancel(flow: Flow): boolean {
    return this.#usage.isPeer(flow);
  }

  onFailure(error: SipError): void {
    this.#dispatch({ type: "unreachable", failure: failureOf(error) });
  }

  stop(): void {
    this.#ringing.stop();
    this.#reliable.close();
    this.#usage.close();
    this.#end.report(failureOf(new Closed()));
  }

  /** Made when it is first spoken in, by then with what the application said when it attached itself. */
  get #usage(): InviteUsage {
    this.#madeUsage ??= this.#makeUsage();
    return this.#madeUsage;
  }

  #makeUsage(): InviteUsage {
    const { contactUser, credentials, reach = reachOf(this.flow), verifier, originOf } = this.#options;
    const signer = new Signer(credentials, this.#core.random);
    const link = { flow: this.flow, reach, signer, ...(contactUser !== undefined && { contactUser }) };
    const options = { ...link, ownsCallId: false, turn: "theirs", verifier, originOf } as const;
    return new InviteUsage(this.#core, this.#dialog, options, this);
  }

  #dispatch(event: Event): void {
    if (!this.#machine.dispatch(event)) return;
    const { state } = this.#machine;
    if (state !== "arriving") this.#stopRinging();
    // The transaction lives on for repeats of the INVITE, which are none of the call's.
    if (state === "confirmed" || state === "ended") this.#transaction.watch(undefined);
    if (state !== "ended") return;
    this.#usage.close();
    this.#core.calls.remove(this);
  }

  get #isOffered(): boolean {
    return bodyText(this.invite) !== undefined;
  }

  #ring(status: number, options: RingOptions): void {
    const isWanted = options.reliable === true && names100rel(this.invite, "Supported");
    if (status < 200 && (isWanted || names100rel(this.invite, "Require"))) this.#reliable.ring(status, options);
    else this.#respond(status, status >= 200 || this.#isOffered ? options : withoutSdp(options));
  }

  #respond(status: number, options: ResponseOptions): SipResponse {
    const response = this.#usage.link.respond(this.#transaction, status, options);
    this.#response = response;
    if (status > 100 && status < 200) this.#ringing.rang();
    return response;
  }

  #makeReliable(): ReliableRings {
    return new ReliableRings(this.#core, this.#transaction, {
      respond: (status, options) => this.#respond(status, options),
      acknowledged: (response) => this.#acknowledged(response),
      missing: () => this.#dispatch({ type: "unsettled", failure: failureOf(new PrackMissing()) }),
    });
  }

  /** With SDP in it the session is agreed before the 2xx, RFC 3262 section 5. A 2xx that waited goes out after the PRACK's 200. */
  #acknowledged(response: SipResponse): void {
    if (bodyText(response) !== undefined && !this.#agreedEarly) {
      this.#agreedEarly = true;
      this.#usage.turn.take("done");
    }
    queueMicrotask(() => this.#held?.());
  }

  #stopRinging(): void {
    this.#ringing.stop();
    this.#reliable.close();
    this.#held = undefined;
  }

  #refuse(event: Event): void {
    if ("status" in event) this.#respond(event.status, event.options);
    else if ("failure" in event) this.#respond(refusalOf(event.failure), { headers: reasonOf(event.failure) });
  }

  #awaitAck(): void {
    if (this.#response === undefined) return;
    this.#usage.acks.start(this.#transaction, this.#response, {
      acknowledged: (request) => this.#dispatch({ type: "ack", request }),
      missing: () => this.#dispatch({ type: "ackMissing", failure: failureOf(new AckMissing()) }),
      late: () => this.user.onAckLate?.(this.#usage.link.contact),
    });
  }

  #passAnswer(ack: SipRequest): void {
    if (this.#agreedEarly) return;
    this.#usage.turn.take("done");
    const sdp = this.#isOffered ? undefined : bodyText(ack);
    if (sdp !== undefined) this.user.onAnswer(sdp);
  }
}

/** An offer needs a reliable response, RFC 3261 section 13.2.1: without PRACK it waits for the 2xx. */
function withoutSdp({ body: _, ...options }: RingOptions): RingOptions {
  return options;
}

/** The status of an unanswered INVITE. Only what names a dialog can get 481, RFC 3261 section 12.2.2. */
function refusalOf({ error }: Failure): number {
  return error instanceof DialogGone ? 480 : error.status;
}
