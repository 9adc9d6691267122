import type { LegId, SessionUser } from "@trunkline/media-relay";
import {
  type AttachOptions,
  type CallEnd,
  type Flow,
  type IncomingCall,
  type IncomingOffer,
  type IncomingRequest,
  type IncomingTransfer,
  sdpBody,
} from "@trunkline/sip-stack";
import type { UserName } from "../domain/names.ts";
import { type Party, partyName } from "../domain/party.ts";
import { type Ending, ending, endingHeaders, lostWords, refusalHeaders } from "../kernel/ending.ts";
import { messageOf } from "../kernel/errors.ts";
import type { LegState } from "../kernel/journal.ts";
import { type Rule, step, unreachable } from "../kernel/table.ts";
import { steadyWallClock } from "../kernel/time.ts";
import type { MediaPeer } from "../media/leg.ts";
import type { CallChange } from "../store/history.ts";
import { answerKeyPress } from "./digits.ts";
import { endingOf } from "./ending-of.ts";
import { faultOf } from "./fault.ts";
import type { Targets } from "./find-targets.ts";
import { CallLeg, type LegOwner } from "./leg.ts";
import { Limits } from "./limits.ts";
import { CallMedia, warningToneMs } from "./media.ts";
import { mediaReports } from "./media-reports.ts";
import { CallNotes } from "./notes.ts";
import { openRecordOf, recordOf } from "./record.ts";
import { openTakeOver } from "./recovery/take-over.ts";
import { renegotiate } from "./renegotiate/renegotiate.ts";
import { Invitations } from "./ring/invitations.ts";
import type { RingUser } from "./ring/ring.ts";
import { Ringback } from "./ring/ringback.ts";
import type { CallServices } from "./services.ts";
import type { CallSetup } from "./setup.ts";
import { type CallAction, type CallEvent, type CallState, callTable } from "./table.ts";
import { Talk } from "./talk.ts";
import { Transfers, type TransfersHost } from "./transfer/transfers.ts";

const alphabet = "abcdefghijklmnopqrstuvwxyz";

/** Grace period before a replaced party is hung up. */
const hangUpGraceMs = 2000;

/** What another call takes over from a call that was transferred into it. */
type Handover = { readonly leg: CallLeg; readonly media: readonly CallMedia[]; readonly limits: Limits };

/** One call: a caller, the targets that ring for it, and the sound that joins two of them. Its states: ./table.ts. */
export class Call implements LegOwner {
  readonly setup: CallSetup;
  /** What is noted for the record. */
  readonly notes: CallNotes;
  readonly #services: CallServices;
  readonly #caller: CallLeg;
  readonly #limits: Limits;
  readonly #transfers: Transfers;
  /** The legs whose dialogs are not over. */
  readonly #live = new Set<CallLeg>();
  #state: CallState = "arriving";
  #ending: Ending = ending("failed");
  /** Why nobody took the call, while its caller is told so. */
  #untaken: Ending | undefined;
  #media: CallMedia | undefined;
  /** The sound of calls that were transferred into this one. */
  #inherited: readonly CallMedia[] = [];
  #invitations: Invitations | undefined;
  #talk: Talk | undefined;
  /** The call that this one was transferred into. */
  #successor: Call | undefined;
  /** How often somebody was invited or took over. */
  #rounds = 0;
  #released = false;
  #steps: Promise<void> = Promise.resolve();

  constructor(setup: CallSetup, services: CallServices) {
    this.setup = setup;
    this.#services = services;
    this.notes = new CallNotes(steadyWallClock(services.wallClock, services.clock));
    this.#limits = new Limits(services.clock, {
      onWarning: () => this.current.#warn(),
      onOver: (code) => this.stop(ending(code)),
    });
    this.#transfers = new Transfers(this.#transfersHost(), services);
    this.#caller = new CallLeg({ id: "a", party: setup.from, peer: setup.mediaPeer, owner: this });
    this.#caller.sip = setup.incoming;
    this.#add(this.#caller);
    setup.incoming.attach(this.#caller.user, setup);
  }

  get state(): CallState {
    return this.#state;
  }

  /** The legs that are not over, the caller's first. */
  get legs(): readonly CallLeg[] {
    return [...this.#live];
  }

  /** The two who talk; `undefined` while nobody does. */
  get talk(): Talk | undefined {
    return this.#state === "talking" ? this.#talk : undefined;
  }

  /** The call that this one's parties talk in now: this one, unless it was transferred. */
  get current(): Call {
    return this.#successor?.current ?? this;
  }

  /** Opens the sound, looks the targets up and rings them all. */
  start(findTargets: () => Promise<Targets>): void {
    this.#services.onProgress(openRecordOf(this.setup, this.notes));
    this.#next(async () => {
      const [media, found] = await Promise.all([this.#openMedia(), findTargets()]);
      if (!this.#dispatch("placed")) return;
      this.#invitations = this.#inviting(this.setup.from, this.setup.ringSeconds, this.#ringback());
      await this.#invitations.invite(found);
      this.#caller.media = media.caller;
    });
  }

  /** Ends the call from our side, whatever its state. */
  stop(why: Ending): void {
    this.current.#dispatch("stopped", why);
  }

  /** A connection is gone: a target that was ringing over it is too, and so is a caller that was waiting on it. */
  flowClosed(flow: Flow): void {
    for (const { sip } of this.legs)
      if (sip.flow === flow && sip.state === "early") sip.hangUp({ headers: endingHeaders(ending("peer-lost")) });
  }

  /** Whoever speaks over a connection was signed out: what she talks in or has begun ends, what rings there stops ringing. */
  signedOut(flow: Flow): void {
    const theirs = this.legs.filter(({ sip }) => sip.flow === flow);
    const isCall = (leg: CallLeg): boolean => this.#talk?.has(leg) ?? leg === this.#caller;
    if (theirs.some(isCall)) this.stop(ending("signed-out"));
    else for (const { sip } of theirs) sip.hangUp({ headers: endingHeaders(ending("signed-out")) });
  }

  /** A user's phone has opened another connection: what it talks in goes on over that. */
  flowOpened(user: string, contact: string, flow: Flow): void {
    for (const leg of this.legs) if (leg.isAt(user, contact) && !leg.sip.flow.open) this.#follow(leg, flow);
  }

  /** A user's phone has registered from elsewhere, as after a NAT has given it another port: it goes on there. */
  flowMoved(user: string, left: string, flow: Flow): void {
    for (const leg of this.legs) if (leg.isOf(user) && leg.sip.flow.id === left) this.#follow(leg, flow);
  }

  #follow(leg: CallLeg, flow: Flow): void {
    leg.sip.follow(flow);
    this.#talk?.reconnected(leg);
  }

  /** Another device of a user's takes over the leg that he has in this call, RFC 3891. */
  takeOver(old: CallLeg, incoming: IncomingCall, peer: MediaPeer, dialog: AttachOptions): void {
    const leg = new CallLeg({ id: `${this.#nextLetter()}1`, party: old.party, peer, owner: this });
    leg.sip = incoming;
    incoming.attach(leg.user, dialog);
    this.#enter(leg);
    this.#next(async () => {
      const openMedia = () => this.#services.mediaLeg(this.#media!.session, peer);
      const answer = await openTakeOver(leg, incoming, openMedia);
      if (answer === undefined) return;
      if (this.talk?.has(old) !== true || !this.#transfers.isIdle || incoming.state !== "early")
        return incoming.reject(481);
      incoming.answer(sdpBody(answer));
      this.talk.replace(old, leg);
      this.#changed({ kind: "takeover", by: old.id, to: leg.id });
      old.sip.hangUp({ headers: endingHeaders(ending("answered-elsewhere")) });
    });
  }

  legOffered(leg: CallLeg, offer: IncomingOffer): void {
    this.#next(async () => {
      if (leg.media === undefined) return offer.reject(500);
      await renegotiate(leg.media, offer);
      this.#talk?.renegotiated(leg);
    });
  }

  legAnswered(leg: CallLeg, sdp: string): void {
    this.#next(async () => {
      // After a first agreement, an answer that cannot be used leaves the audio as it was.
      const isAgreed = leg.media?.direction !== undefined;
      if (!(await leg.media?.accept(sdp))?.ok && !isAgreed) this.stop(ending("no-common-audio"));
      this.#talk?.renegotiated(leg);
    });
  }

  legAsked(leg: CallLeg, request: IncomingRequest): void {
    const hearer = this.talk?.has(leg) === true ? this.talk.other(leg).media : undefined;
    this.#next(() => answerKeyPress(request, hearer));
  }

  legTransfers(leg: CallLeg, asked: IncomingTransfer): void {
    // Whoever was signed out talks on, and begins nothing.
    if (leg.peer.kind === "browser" && leg.sip.flow.principal === undefined) return asked.reject(403);
    this.#transfers.ask(leg, asked);
  }

  legAckLate(leg: CallLeg, contact: string): void {
    this.notes.ackLate(leg.id, contact);
    this.#services.journal.record({ kind: "ack-late", call: this.setup.id, leg: leg.id, contact });
  }

  legPassed(leg: CallLeg): void {
    this.#live.delete(leg);
    this.notes.ended(leg.id);
  }

  legEnded(leg: CallLeg, end: CallEnd): void {
    this.#live.delete(leg);
    this.notes.ended(leg.id);
    if (this.#talk?.has(leg)) this.#talkerLeft(leg, this.#talk, end);
    else if (leg === this.#caller && this.#talk === undefined)
      this.#dispatch("callerLeft", this.#untaken ?? endingOf(end, "caller", leg.party));
    // The end of the call closes what is left of it in one.
    if (this.#state !== "ending")
      this.#next(async () => {
        await leg.media?.close();
        this.notes.settle(leg.id);
      });
    this.#releaseIfOver();
  }

  #talkerLeft(leg: CallLeg, talk: Talk, end: CallEnd): void {
    const side = talk.sideOf(leg);
    const why = endingOf(end, side, leg.party);
    if (!this.#transfers.left(leg, why)) this.#dispatch(`${side}Left`, why);
  }

  /** Hands the party that a leg of this call talks with over to another call, which goes on counting. This call ends. */
  handOver(requester: CallLeg, successor: Call): Handover | undefined {
    const { talk } = this;
    if (successor === this || talk?.has(requester) !== true || !this.#transfers.isIdle) return undefined;
    const leg = talk.other(requester);
    this.#successor = successor;
    this.#live.delete(leg);
    this.notes.ended(leg.id);
    leg.owner = successor;
    this.#next(async () => {
      for (const last of await this.#media!.session.statistics().catch(() => [])) this.notes.closed(last);
      await requester.media?.close();
    });
    this.#dispatch("transferred", ending("transferred", talk.sideOf(requester)));
    return { leg, media: [this.#media!, ...this.#inherited], limits: this.#limits };
  }

  #transfersHost(): TransfersHost {
    const call = this;
    return {
      get number() {
        return call.setup.direction === "inbound" ? call.setup.to : undefined;
      },
      get talk() {
        return call.talk;
      },
      inviting: (from, ringSeconds, user) => this.#inviting(from, ringSeconds, user),
      next: (task) => this.#next(task),
      accept: async (leg, sdp) => sdp !== undefined && this.#media!.accept(leg, sdp),
      charge: (user) => this.#charge(user),
      inherit: (from, requester) => (from instanceof Call ? this.#inherit(from.handOver(requester, this)) : undefined),
      dismiss: (leg) => this.#dismiss(leg),
      changed: (change) => this.#changed(change),
      stop: (why) => this.stop(why),
    };
  }

  #inherit(handover: Handover | undefined): CallLeg | undefined {
    if (handover === undefined) return undefined;
    const { leg, media, limits } = handover;
    this.#inherited = [...this.#inherited, ...media];
    this.#limits.alsoStop(() => limits.stop());
    leg.id = `${this.#nextLetter()}1`;
    this.#enter(leg);
    return leg;
  }

  #changed(change: Omit<CallChange, "atMs">): void {
    const { kind: how, by, to } = change;
    this.notes.changed(change);
    this.#services.journal.record({ kind: "party-changed", call: this.setup.id, how, by, to });
  }

  #dismiss(leg: CallLeg): void {
    const hangUp = (): void => leg.sip.hangUp({ headers: endingHeaders(ending("transferred")) });
    this.#limits.alsoStop(this.#services.clock.after(hangUpGraceMs, hangUp));
  }

  async #openMedia(): Promise<CallMedia> {
    this.#media = await CallMedia.open(this.setup, this.#sessionUser(), this.#services);
    return this.#media;
  }

  #inviting(from: Party, ringSeconds: number, user: RingUser): Invitations {
    const parts = {
      services: this.#services,
      media: this.#media!,
      from,
      passedOn: this.setup.passedOn,
      ringMs: ringSeconds * 1000,
      letter: this.#nextLetter(),
      owner: this,
      next: (task: () => Promise<unknown>) => this.#next(task),
      onInvited: (leg: CallLeg) => this.#enter(leg),
    };
    return new Invitations(parts, user);
  }

  #add(leg: CallLeg): void {
    this.#live.add(leg);
    this.notes.add(leg);
  }

  /** One more leg beside the caller's, from now on. */
  #enter(leg: CallLeg): void {
    this.#add(leg);
    const entry = { call: this.setup.id, leg: leg.id, party: partyName(leg.party), sipCallId: leg.sip.callId };
    this.#services.journal.record({ kind: "leg-added", ...entry });
  }

  #nextLetter(): string {
    this.#rounds += 1;
    const again = Math.floor(this.#rounds / alphabet.length);
    return `${alphabet[this.#rounds % alphabet.length]}${again === 0 ? "" : `${again}-`}`;
  }

  #ringback(): Ringback {
    const call = this;
    return new Ringback({
      setup: this.setup,
      notes: this.notes,
      media: this.#media!,
      get isRinging() {
        return call.#state === "ringing";
      },
      next: (task) => this.#next(task),
      onAnswered: (leg, sdp) => this.#connect(leg, sdp),
      onAnnounced: (why, sdp) => {
        this.#untaken = why;
        this.#noteAnswer("announcement");
        this.#dispatch("announced", undefined, sdp);
      },
      onRefused: (why) => this.#dispatch("refused", why),
      onWinnerEnded: (why) => this.#dispatch("calleeLeft", why),
    });
  }

  #sessionUser(): SessionUser {
    return mediaReports({
      talk: () => this.current.#talk,
      isTalking: () => this.current.#state === "talking",
      isCaller: (leg) => leg === this.#media?.caller?.id,
      sideOf: (leg) => this.current.#sideOf(leg),
      stop: (why) => this.stop(why),
      onPlayed: () => {
        if (this.#untaken !== undefined) this.stop(this.#untaken);
      },
      onClosed: (last) => {
        this.notes.closed(last);
        if (this.current !== this) this.current.notes.closed(last);
      },
    });
  }

  #connect(leg: CallLeg, sdp: string): void {
    this.#invitations?.ring.release(leg);
    this.#talk = this.#talkWith(leg);
    const { from, direction } = this.setup;
    if (from.kind === "user" && direction === "outbound") this.#charge(from.user);
    else this.#limits.begin(this.setup.talkSeconds);
    this.#noteAnswer(leg.id);
    this.#dispatch("answered", undefined, sdp);
  }

  #talkWith(leg: CallLeg): Talk {
    const { clock, holdMs, signalsHold } = this.#services;
    const user = {
      next: (task: () => Promise<unknown>) => this.#next(async () => (this.#state === "talking" ? task() : undefined)),
      onState: (of: CallLeg, state: LegState) =>
        this.#services.journal.record({ kind: "leg-state", call: this.setup.id, leg: of.id, state }),
      onHeldTooLong: () => this.stop(ending("held-too-long")),
      onGone: (gone: CallLeg, why: string | undefined) => this.stop(this.#goneEnding(gone, why)),
    };
    return new Talk([this.#caller, leg], { clock, media: this.#media!, holdMs, signalsHold, user });
  }

  #sideOf(media: LegId): "caller" | "callee" | undefined {
    const leg = this.#talk?.legs.find((one) => one.media?.id === media);
    return leg && this.#talk?.sideOf(leg);
  }

  #goneEnding(gone: CallLeg, why: string | undefined): Ending {
    const side = this.#talk?.sideOf(gone);
    return why === undefined ? ending("peer-lost", side) : ending("media-lost", side, { words: lostWords(why) });
  }

  /** One step after the other: what awaits never overtakes what came before it. */
  #next(task: () => Promise<unknown>): void {
    this.#steps = this.#steps.then(task).then(undefined, (error) => this.#fault(error)) as Promise<void>;
  }

  /** A bound that is reached ends the call with words; anything else is a fault of ours and is told to the operator too. */
  #fault(error: unknown): void {
    const { why, isMistake } = faultOf(error);
    if (isMistake) this.#services.journal.record({ kind: "call-fault", call: this.setup.id, why: messageOf(error) });
    this.stop(why);
  }

  #dispatch(event: CallEvent, why?: Ending, sdp?: string): boolean {
    const from = this.#state;
    const rule: Rule<CallState, CallAction> | undefined = step<CallState, CallEvent, CallAction>(
      callTable,
      from,
      event,
    );
    if (rule === undefined) return false;
    if (why !== undefined) this.#ending = why;
    this.#state = rule.to;
    this.#services.journal.record({ kind: "call-state", call: this.setup.id, from, event, to: rule.to });
    for (const action of rule.run) this.#run(action, sdp);
    return true;
  }

  #run(action: CallAction, sdp: string | undefined): void {
    switch (action) {
      case "answerCaller":
        return this.setup.incoming.answer(sdpBody(sdp!));
      case "endLegs":
        return this.#endLegs();
      case "forget":
        return this.#next(() => this.#forget());
      default:
        return unreachable(action);
    }
  }

  #noteAnswer(by: string): void {
    this.notes.answered(by);
    this.#services.onProgress(openRecordOf(this.setup, this.notes));
  }

  /** A call to the trunk costs the minutes of its caller, a transfer there those of whoever asked for it. */
  #charge(user: UserName): void {
    this.#limits.begin(this.setup.talkSeconds);
    this.#limits.alsoStop(this.#services.chargeMinutes(user, this.#limits.minutes));
  }

  /** Our own side is warned: whoever is on the telephone network hears nothing of our rules. */
  #warn(): void {
    const { talk } = this;
    const hearer = talk?.legs.find(({ party }) => party.kind === "user");
    if (talk === undefined || hearer === undefined || !this.#transfers.isIdle) return;
    talk.interrupt({ hearer, sound: "warning" });
    this.#services.clock.after(warningToneMs, () => talk.resume("warning"));
  }

  #endLegs(): void {
    if (this.#successor === undefined) this.#limits.stop();
    this.#talk?.close();
    this.#transfers.stop(this.#ending);
    this.#invitations?.stop(this.#ending);
    const { sip } = this.#ending;
    for (const leg of this.legs) {
      const headersOf = leg.sip.state === "early" ? refusalHeaders : endingHeaders;
      leg.sip.hangUp({ status: sip >= 400 ? sip : 480, headers: headersOf(this.#ending) });
    }
    this.#releaseIfOver();
  }

  #releaseIfOver(): void {
    if (this.#state !== "ending" || this.#released || this.#live.size > 0) return;
    this.#released = true;
    this.#dispatch("released");
  }

  async #forget(): Promise<void> {
    // The successor closes what was handed over.
    if (this.#successor === undefined)
      await Promise.all([this.#media, ...this.#inherited].map((media) => media?.close()));
    this.#services.journal.record({ kind: "call-ended", call: this.setup.id, ending: this.#ending });
    const end = { ending: this.#ending, endedAtMs: this.notes.now(), caller: this.#media?.caller?.id };
    this.#services.onOver(recordOf(this.setup, this.notes, end));
  }
}
