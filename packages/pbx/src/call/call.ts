import type { Announcement, LegId, SessionUser } from "@trunkline/media-relay";
import { type CallUser, type Flow, type OutgoingCallUser, sdpBody } from "@trunkline/sip-stack";
import { partyName } from "../domain/party.ts";
import { type Ending, type EndingCode, ending, endingHeaders, refusalHeaders } from "../kernel/ending.ts";
import { messageOf } from "../kernel/errors.ts";
import { type Rule, step, unreachable } from "../kernel/table.ts";
import { steadyWallClock } from "../kernel/time.ts";
import type { MediaLeg } from "../media/leg.ts";
import { endingOf } from "./ending-of.ts";
import type { Targets } from "./find-targets.ts";
import type { CallLeg } from "./leg.ts";
import { CallMedia, warningToneMs } from "./media.ts";
import { CallNotes } from "./notes.ts";
import { passTo } from "./passed-on.ts";
import { Patience } from "./patience.ts";
import { openRecordOf, recordOf } from "./record.ts";
import { renegotiate } from "./renegotiate/renegotiate.ts";
import { Ring, type RingUser } from "./ring/ring.ts";
import type { CallServices } from "./services.ts";
import type { CallSetup } from "./setup.ts";
import { type CallAction, type CallEvent, type CallState, callTable } from "./table.ts";
import { TalkLimit } from "./talk-limit.ts";
import { invitationOf, mediaPeerOf, partyOf, triesOf } from "./target.ts";

/** The addresses at which one target is invited, one after the other. */
type Tries = ReturnType<typeof triesOf>;

/** The relay's errors that say there is no room. */
const roomless = new Set(["MEDIA_NO_PORT", "MEDIA_LEGS_FULL", "MEDIA_SESSIONS_FULL"]);

/** The ends of ringing that a caller is told by a recording, where there is one: there was nobody, or nobody could. */
const toldByRecording = new Set<EndingCode>(["not-registered", "no-answer", "busy", "declined", "peer-lost"]);

/** One call: a caller, the targets that ring for it, and the sound that joins two of them. Its states: ./table.ts. */
export class Call {
  readonly setup: CallSetup;
  /** What is noted for the record. */
  readonly notes: CallNotes;
  readonly #services: CallServices;
  #state: CallState = "arriving";
  #ending: Ending = ending("failed");
  /** Why nobody took the call, while its caller is told so. */
  #untaken: Ending | undefined;
  #media: CallMedia | undefined;
  #ring: Ring | undefined;
  #callerOver = false;
  #winner: CallLeg | undefined;
  #limit: TalkLimit | undefined;
  /** How long the caller may talk today. */
  #secondsLeft = Number.POSITIVE_INFINITY;
  #stopCounting: () => void = () => {};
  #rung = false;
  #released = false;
  #steps: Promise<void> = Promise.resolve();

  constructor(setup: CallSetup, services: CallServices) {
    this.setup = setup;
    this.#services = services;
    this.notes = new CallNotes(steadyWallClock(services.wallClock, services.clock));
    this.notes.add({ id: "a", party: setup.from, sip: setup.incoming });
    setup.incoming.attach(this.#callerUser(), setup);
  }

  get state(): CallState {
    return this.#state;
  }

  /** The legs that are not over, the caller's first. */
  get legs(): readonly Pick<CallLeg, "id" | "party" | "sip">[] {
    const caller = this.#callerOver ? [] : [{ id: "a", party: this.setup.from, sip: this.setup.incoming }];
    return [...caller, ...(this.#ring?.legs ?? [])];
  }

  /** Opens the sound, looks the targets up and rings them all. */
  start(findTargets: () => Promise<Targets>): void {
    this.#services.onProgress(openRecordOf(this.setup, this.notes));
    this.#next(async () => {
      const [media, found] = await Promise.all([this.#openMedia(), findTargets()]);
      this.#secondsLeft = found.secondsLeft ?? Number.POSITIVE_INFINITY;
      if (this.#dispatch("placed")) await this.#ringAll(media, found);
    });
  }

  /** Ends the call from our side, whatever its state. */
  stop(why: Ending): void {
    this.#dispatch("stopped", why);
  }

  /** A connection is gone: a target that was ringing over it is too, and so is a caller that was waiting on it. */
  flowClosed(flow: Flow): void {
    if (this.#state === "talking" || this.#state === "ending") return;
    for (const { sip } of this.legs) if (sip.flow === flow) sip.hangUp({ headers: endingHeaders(ending("peer-lost")) });
  }

  async #openMedia(): Promise<CallMedia> {
    this.#media = await CallMedia.open(this.setup, this.#sessionUser(), this.#services);
    return this.#media;
  }

  async #ringAll(media: CallMedia, { targets, otherwise }: Targets): Promise<void> {
    const ring = new Ring(this.#ringUser(), this.#services.clock, this.setup.ringSeconds * 1000);
    this.#ring = ring;
    const legs = await media.addLegs(targets.map(mediaPeerOf));
    for (const [at, target] of targets.entries()) await this.#invite(triesOf(target), `b${at + 1}`, legs[at]!, ring);
    if (targets.length === 0) ring.fail(otherwise);
    ring.seal();
  }

  async #invite([target, ...later]: Tries, id: string, media: MediaLeg, ring: Ring): Promise<void> {
    const offer = await media.offer();
    if (this.#state !== "ringing") return;
    const { agent, journal, publicAddress } = this.#services;
    const invitation = invitationOf(target, this.setup.from, publicAddress);
    const [next, ...rest] = later;
    const tryNext = next && (() => this.#next(() => this.#invite([next, ...rest], `${id}'`, media, ring)));
    const user = this.#targetUser(() => leg, ring, tryNext);
    const leg: CallLeg = {
      id,
      party: partyOf(target),
      media,
      sip: agent.call({ ...invitation, ...passTo(target, this.setup.passedOn), body: sdpBody(offer), user }),
    };
    ring.add(leg);
    this.notes.add(leg);
    journal.record({
      kind: "leg-added",
      call: this.setup.id,
      leg: id,
      party: partyName(leg.party),
      sipCallId: leg.sip.callId,
    });
  }

  #callerUser(): CallUser {
    return {
      ...this.#inDialog(() => this.#media?.caller),
      onAckLate: (contact) => {
        this.notes.ackLate = contact;
        this.#services.journal.record({ kind: "ack-late", call: this.setup.id, leg: "a", contact });
      },
      onEnded: (end) => {
        this.#callerOver = true;
        this.#dispatch("callerLeft", this.#untaken ?? endingOf(end, "caller", this.setup.from));
        this.#releaseIfOver();
      },
    };
  }

  /** @param tryNext invites the next address of the same target, where there is one */
  #targetUser(leg: () => CallLeg, ring: Ring, tryNext: (() => void) | undefined): OutgoingCallUser {
    const patience = tryNext && new Patience(this.#services.clock, () => leg().sip.hangUp());
    return {
      ...this.#inDialog(() => leg().media),
      onTrying: () => patience?.stop(),
      onRinging: ({ status }, sdp) => {
        patience?.stop();
        ring.rang(leg(), status, sdp);
      },
      onAnswered: (_, sdp) => {
        patience?.stop();
        ring.answered(leg(), sdp);
      },
      onEnded: (end) => {
        if (patience?.allowsNext(end) && this.#state === "ringing") {
          ring.leave(leg());
          return tryNext?.();
        }
        ring.ended(leg(), end);
        // The end of the call closes what is left of it in one.
        if (this.#state !== "ending") this.#next(() => leg().media.close());
        this.#releaseIfOver();
      },
    };
  }

  /** What either side may do while its dialog lasts; the other side does not hear of it. */
  #inDialog(media: () => MediaLeg | undefined): Pick<CallUser, "onOffer" | "onRequest" | "onAnswer"> {
    return {
      onOffer: (offer) =>
        this.#next(async () => (media() === undefined ? offer.reject(500) : renegotiate(media()!, offer))),
      onAnswer: (sdp) => this.#next(() => this.#takeAnswer(media(), sdp)),
      onRequest: (request) => request.respond(501),
    };
  }

  #ringUser(): RingUser {
    return {
      onRing: (leg, status, sdp) => this.#next(() => this.#passRing(leg, status, sdp)),
      onWon: (leg, sdp) => this.#next(() => this.#connect(leg, sdp)),
      onLost: (why) => this.#lose(why),
      onWinnerEnded: (why) => this.#dispatch("calleeLeft", why),
    };
  }

  #lose(why: Ending): void {
    const { announcement } = this.setup;
    if (announcement === undefined || !toldByRecording.has(why.code)) return void this.#dispatch("refused", why);
    this.#next(() => this.#announce(announcement, why));
  }

  /** The call is answered for the recording alone: it still ends as one that nobody took. */
  async #announce(announcement: Announcement, why: Ending): Promise<void> {
    if (this.#state !== "ringing") return;
    const answer = await this.#media!.announce(announcement);
    if (!answer.ok) return void this.#dispatch("refused", ending("no-common-audio"));
    this.#untaken = why;
    this.#noteAnswer("announcement");
    this.#dispatch("announced", undefined, answer.value);
  }

  #sessionUser(): SessionUser {
    const connected = new Set<LegId>();
    return {
      onConnected: (leg) => connected.add(leg),
      onClosed: (last) => this.notes.closed(last),
      onFailed: (leg) => {
        const concerned = leg === this.#media?.caller?.id || this.#state === "talking";
        if (concerned) this.stop(ending(connected.has(leg) ? "peer-lost" : "media-failed"));
      },
      onPlayed: () => {
        if (this.#untaken !== undefined) this.stop(this.#untaken);
      },
      onSilenceLimit: (_, { phase }) => {
        if (phase === "in-talk" && this.#state === "talking") this.stop(ending("peer-lost"));
      },
    };
  }

  /** What the target sends is what the caller gets: 180, 183 with its sound, or silence. */
  async #passRing(leg: CallLeg, status: number, sdp: string | undefined): Promise<void> {
    if (this.#state !== "ringing") return;
    const early = sdp === undefined ? undefined : await this.#media!.join(leg.media, sdp);
    if (this.#state !== "ringing") return;
    this.notes.rungAtMs ??= early?.ok || status !== 183 ? this.notes.now() : undefined;
    if (early?.ok) this.setup.incoming.ring(183, { body: sdpBody(early.value) });
    else if (status !== 183 && !this.#rung) this.setup.incoming.ring(180);
    this.#rung ||= status !== 183;
  }

  async #connect(leg: CallLeg, sdp: string | undefined): Promise<void> {
    const joined = sdp === undefined ? undefined : await this.#media!.talk(leg.media, sdp);
    this.#winner = leg;
    if (joined?.ok) this.#dispatch("answered", undefined, joined.value);
    else this.#dispatch("refused", ending("no-common-audio"));
  }

  async #takeAnswer(media: MediaLeg | undefined, sdp: string): Promise<void> {
    if (!(await media?.accept(sdp))?.ok) this.stop(ending("no-common-audio"));
  }

  /** One step after the other: what awaits never overtakes what came before it. */
  #next(task: () => Promise<unknown>): void {
    this.#steps = this.#steps.then(task).then(undefined, (error) => this.#fault(error)) as Promise<void>;
  }

  /** A bound that is reached ends the call with words; anything else is a fault of ours and is told to the operator too. */
  #fault(error: unknown): void {
    if (roomless.has((error as { code?: string }).code ?? "")) return this.stop(ending("no-resources"));
    this.#services.journal.record({ kind: "call-fault", call: this.setup.id, why: messageOf(error) });
    this.stop(ending("failed"));
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
      case "noteAnswer":
        this.#limit = this.#limitTalk();
        return this.#noteAnswer(this.#winner?.id);
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

  #noteAnswer(by: string | undefined): void {
    this.notes.answeredAtMs = this.notes.now();
    this.notes.answeredBy = by;
    this.#services.onProgress(openRecordOf(this.setup, this.notes));
  }

  /** Whichever ends first: the longest call, or what the caller may talk today over the trunk. */
  #limitTalk(): TalkLimit {
    const { from, direction, talkSeconds } = this.setup;
    if (from.kind === "user" && direction === "outbound") this.#stopCounting = this.#services.countMinutes(from.user);
    const code = this.#secondsLeft < talkSeconds ? "minutes-used" : "longest-call";
    return new TalkLimit(Math.min(this.#secondsLeft, talkSeconds) * 1000, this.#services.clock, {
      onWarning: () => this.#next(() => this.#warn()),
      onOver: () => this.stop(ending(code)),
    });
  }

  /** Our own side is warned: whoever is on the telephone network hears nothing of our rules. */
  async #warn(): Promise<void> {
    const [caller, callee] = [this.#media?.caller, this.#winner];
    if (this.#state !== "talking" || caller === undefined || callee === undefined) return;
    const isCallerOurs = this.setup.from.kind === "user";
    const join = isCallerOurs
      ? await this.#media!.warn(caller, callee.media)
      : await this.#media!.warn(callee.media, caller);
    this.#services.clock.after(warningToneMs, () =>
      this.#next(async () => (this.#state === "talking" ? join() : undefined)),
    );
  }

  #endLegs(): void {
    this.#limit?.stop();
    this.#stopCounting();
    this.#stopCounting = () => {};
    const { sip } = this.#ending;
    const headersOf = this.setup.incoming.state === "early" ? refusalHeaders : endingHeaders;
    if (!this.#callerOver)
      this.setup.incoming.hangUp({ status: sip >= 400 ? sip : 480, headers: headersOf(this.#ending) });
    this.#ring?.stop(this.#ending);
    this.#releaseIfOver();
  }

  #releaseIfOver(): void {
    if (this.#state !== "ending" || this.#released || this.legs.length > 0) return;
    this.#released = true;
    this.#dispatch("released");
  }

  async #forget(): Promise<void> {
    await this.#media?.close();
    this.#services.journal.record({ kind: "call-ended", call: this.setup.id, ending: this.#ending });
    const end = { ending: this.#ending, endedAtMs: this.notes.now(), caller: this.#media?.caller?.id };
    this.#services.onOver(recordOf(this.setup, this.notes, end));
  }
}
