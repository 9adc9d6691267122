import type { LegId } from "@trunkline/media-relay";
import { bodyText, type Clock, sdpBody } from "@trunkline/sip-stack";
import type { LegState } from "../kernel/journal.ts";
import type { CallLeg } from "./leg.ts";
import type { CallMedia } from "./media.ts";
import { restartIce } from "./recovery/restart-ice.ts";
import { type Heard, heardBy, TalkEnd, type TalkEndUser } from "./talk-end.ts";

/** What a talk needs of its call. */
export interface TalkUser {
  /** One step of the call after the other; not at all when it is over. */
  next(task: () => Promise<unknown>): void;
  onState(leg: CallLeg, state: LegState): void;
  onHeldTooLong(): void;
  /** A side that was lost did not come back in time. `why`: what broke its audio connection, where that is known. */
  onGone(leg: CallLeg, why: string | undefined): void;
}

export type TalkParts = {
  readonly clock: Clock;
  readonly media: CallMedia;
  readonly holdMs: number;
  /** Whether the trunk is told when its party is put on hold. */
  readonly signalsHold: boolean;
  readonly user: TalkUser;
};

/** What one of the two hears instead for a while, and the other then hears nothing. */
type Interlude = { readonly hearer: CallLeg; readonly sound: "ringback-us" | "warning" };

/** The two who talk with each other, and what each of them hears. They may be replaced one by one. */
export class Talk {
  readonly #parts: TalkParts;
  #ends: readonly [TalkEnd, TalkEnd];
  #interlude: Interlude | undefined;
  /** What is being heard, so that nothing is joined that is joined already. */
  #arranged: string;

  /** @param legs the caller's first; they are joined already */
  constructor([near, far]: readonly [CallLeg, CallLeg], parts: TalkParts) {
    this.#parts = parts;
    this.#ends = [this.#endOf(near), this.#endOf(far)];
    this.#arranged = this.#wanted;
    for (const end of this.#ends) end.judge();
  }

  /** Whether either side holds the other. */
  get isOnHold(): boolean {
    return this.#ends.some(({ holds }) => holds);
  }

  get legs(): readonly [CallLeg, CallLeg] {
    return [this.#ends[0].leg, this.#ends[1].leg];
  }

  has(leg: CallLeg): boolean {
    return this.legs.includes(leg);
  }

  /** The one who hears this leg. */
  other(leg: CallLeg): CallLeg {
    const [near, far] = this.legs;
    return leg === near ? far : near;
  }

  /** Whose place a leg has in the call. */
  sideOf(leg: CallLeg): "caller" | "callee" {
    return leg === this.legs[0] ? "caller" : "callee";
  }

  /** Somebody takes a side over, in its place. */
  replace(old: CallLeg, by: CallLeg): void {
    const [near, far] = this.#ends;
    const isNear = near.leg === old;
    const end = this.#endOf(by);
    this.#ends = isNear ? [end, far] : [near, end];
    (isNear ? near : far).close();
    if (this.#interlude?.hearer === old) this.#interlude = undefined;
    end.judge();
    this.#signalHolds();
    this.#arrangeSoon();
    this.#expectMedia();
  }

  /** A leg's description has changed: it may hold now, or hold no more. */
  renegotiated(leg: CallLeg): void {
    this.#ends.find((end) => end.leg === leg)?.judge();
  }

  /** Nothing was heard of a leg for a while, or its path is broken: `why`. */
  lost(media: LegId, why?: string): void {
    this.#withSound(media)?.lost(why);
  }

  /** A leg may not hear what is sent to it: another path is looked for. */
  interrupted(media: LegId): void {
    const end = this.#withSound(media);
    if (end !== undefined) this.#restart(end);
  }

  /** A leg's phone has another connection for its signalling: if it is away, another path for its audio is looked for. */
  reconnected(leg: CallLeg): void {
    const end = this.#ends.find((one) => one.leg === leg);
    if (end?.isAbsent === true) this.#restart(end);
  }

  /** Nothing has come from a leg for so many seconds, be it on hold or not. */
  silent(media: LegId, seconds: number): void {
    this.#withSound(media)?.silent(seconds);
  }

  back(media: LegId): void {
    this.#withSound(media)?.back();
  }

  /** Whether this side is lost and may still come back. */
  isAbsent(media: LegId): boolean {
    return this.#withSound(media)?.isAbsent ?? false;
  }

  /** Until `resume` one of the two hears this, and the other nothing; it takes the place of another interlude. */
  interrupt(interlude: Interlude): void {
    this.#interlude = interlude;
    this.#arrangeSoon();
  }

  /** Ends an interlude, unless another has taken its place. */
  resume(sound: Interlude["sound"]): void {
    if (this.#interlude?.sound !== sound) return;
    this.#interlude = undefined;
    this.#arrangeSoon();
  }

  close(): void {
    for (const end of this.#ends) end.close();
  }

  #endOf(leg: CallLeg): TalkEnd {
    const { clock, holdMs, user } = this.#parts;
    const endUser: TalkEndUser = {
      onChange: (end, state) => this.#changed(end, state),
      onHeldTooLong: () => user.onHeldTooLong(),
      onGone: (end, why) => user.onGone(end.leg, why),
    };
    return new TalkEnd(leg, clock, holdMs, endUser);
  }

  #withSound(media: LegId): TalkEnd | undefined {
    return this.#ends.find(({ leg }) => leg.media?.id === media);
  }

  #changed(end: TalkEnd, state: LegState): void {
    this.#parts.user.onState(end.leg, state);
    this.#arrangeSoon();
    if (state === "resumed") this.#expectMedia();
    if (state === "away") this.#restart(end);
    this.#signalHolds();
  }

  /** Tells a trunk that it is held, or no longer, where it has been told otherwise: perhaps in the call it came from. */
  #signalHolds(): void {
    if (!this.#parts.signalsHold) return;
    for (const { leg, holds } of this.#ends) {
      const hearer = this.other(leg);
      const isHeld = holds && leg.party.kind === "user";
      if (hearer.party.kind !== "trunk" || hearer.isToldHeld === isHeld) continue;
      hearer.isToldHeld = isHeld;
      void this.#signalHold(hearer, isHeld);
    }
  }

  /** Begins both sides' silence anew: what was not heard on hold, or while a side was ringing, does not count. */
  #expectMedia(): void {
    this.#parts.user.next(() => Promise.all(this.legs.map(({ media }) => media?.session.expectMedia())));
  }

  /** Not one of the call's steps: those would wait for the browser's answer. */
  #restart({ leg }: TalkEnd): void {
    restartIce(leg).catch((error) => this.#parts.user.next(() => Promise.reject(error)));
  }

  #arrangeSoon(): void {
    this.#parts.user.next(() => this.#arrange());
  }

  async #arrange(): Promise<void> {
    const wanted = this.#wanted;
    if (wanted === this.#arranged) return;
    this.#arranged = wanted;
    const [near, far] = this.#ends;
    const [byNear, byFar] = this.#heard;
    const { media } = this.#parts;
    if (byNear === "other" || byFar === "other") return media.connect(near.leg.media!, far.leg.media!);
    // Who has asked for a transfer may have left before it came to anything.
    const isThere = ({ leg }: TalkEnd): boolean => leg.sip.state !== "ended";
    await Promise.all([
      isThere(near) && media.play(near.leg.media!, byNear),
      isThere(far) && media.play(far.leg.media!, byFar),
    ]);
  }

  /** What each of the two is to hear. */
  get #heard(): readonly [Heard | Interlude["sound"], Heard | Interlude["sound"]] {
    const [near, far] = this.#ends;
    const interlude = this.#interlude;
    if (interlude === undefined) return [heardBy(near, far), heardBy(far, near)];
    return interlude.hearer === near.leg ? [interlude.sound, "nothing"] : ["nothing", interlude.sound];
  }

  get #wanted(): string {
    return [...this.legs.map(({ id }) => id), ...this.#heard].join(" ");
  }

  /** Tells the trunk by a re-INVITE; what it answers changes nothing for the one who holds. */
  async #signalHold({ sip, media }: CallLeg, holds: boolean): Promise<void> {
    const make = async () => sdpBody(await media!.offer(holds ? "sendonly" : "sendrecv"));
    const outcome = await sip.reinvite({ make });
    const answer = outcome.ok && outcome.response.status < 300 ? bodyText(outcome.response) : undefined;
    if (answer !== undefined) this.#parts.user.next(() => media!.accept(answer));
  }
}
