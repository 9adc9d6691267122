import { type CallEnd, type OutgoingCallUser, sdpBody } from "@trunkline/sip-stack";
import type { Party } from "../../domain/party.ts";
import { type Ending, ending } from "../../kernel/ending.ts";
import { Failover } from "../failover.ts";
import { faultOf } from "../fault.ts";
import type { Targets } from "../find-targets.ts";
import { CallLeg, type LegOwner } from "../leg.ts";
import type { CallMedia } from "../media.ts";
import { callerShown, type PassedOn, passTo } from "../passed-on.ts";
import type { CallServices } from "../services.ts";
import { invitationOf, mediaPeerOf, partyOf, type Target, triesOf } from "../target.ts";
import { forwardOf } from "./forward.ts";
import { Forwards } from "./forwards.ts";
import { Ring, type RingUser } from "./ring.ts";

/** The addresses at which one target is invited, one after the other. */
type Tries = ReturnType<typeof triesOf>;

/** How a target is invited: the name of its leg, its audio, and what it was forwarded by, if it was: that forwards no further. */
type Attempt = {
  readonly id: string;
  readonly media: NonNullable<CallLeg["media"]>;
  readonly forwards: Forwards | undefined;
};

/** Who invites, for which call. */
export type InvitationParts = {
  readonly services: CallServices;
  readonly media: CallMedia;
  /** Whom the targets see as their caller. */
  readonly from: Party;
  readonly passedOn: PassedOn;
  readonly ringMs: number;
  /** The first letter of their legs' names. */
  readonly letter: string;
  readonly owner: LegOwner;
  /** One step of the call after the other. */
  readonly next: (task: () => Promise<unknown>) => void;
  /** A leg has been invited. */
  readonly onInvited: (leg: CallLeg) => void;
};

/** Invites targets and hands what they say to a ring: each at its first address, and at the next when that one fails. */
export class Invitations {
  readonly ring: Ring;
  readonly #parts: InvitationParts;
  #isWanted = true;

  constructor(parts: InvitationParts, user: RingUser) {
    this.#parts = parts;
    this.ring = new Ring(user, parts.services.clock, parts.ringMs);
  }

  /** Opens a leg for each target and invites them all. Rejects with a RelayError when there is no room. */
  async invite(found: Targets): Promise<void> {
    await this.#inviteAll(found);
    this.ring.seal();
  }

  async #inviteAll({ targets, otherwise }: Targets, forwards?: Forwards): Promise<void> {
    const legs = await this.#parts.media.addLegs(targets.map(mediaPeerOf));
    for (const [at, target] of targets.entries()) {
      const id = forwards?.name() ?? `${this.#parts.letter}${at + 1}`;
      await this.#try(triesOf(target), { id, media: legs[at]!, forwards });
    }
    if (targets.length === 0) this.ring.fail(otherwise);
  }

  /** Nobody is wanted any more. */
  stop(why: Ending): void {
    this.#isWanted = false;
    this.ring.stop(why);
  }

  get #mayInvite(): boolean {
    return this.#isWanted && this.ring.isOpen;
  }

  async #try([target, ...later]: Tries, attempt: Attempt): Promise<void> {
    const { id, media, forwards } = attempt;
    const offer = await media.offer();
    // Somebody else may have answered meanwhile.
    if (!this.#mayInvite) return;
    const { services, passedOn, next, onInvited } = this.#parts;
    const [following, ...rest] = later;
    const tryNext = following && (() => next(() => this.#try([following, ...rest], { ...attempt, id: `${id}'` })));
    const forward = (end: CallEnd) => (forwards ? undefined : forwardOf(target, end, this.#parts.from, services));
    const leg = this.#legTo(target, id);
    leg.media = media;
    leg.sip = services.agent.call({
      ...invitationOf(target, callerShown(this.#parts.from, passedOn), services.publicAddress),
      ...passTo(target, passedOn),
      originOf: services.originOf(target),
      body: sdpBody(offer),
      user: this.#userOf(leg, attempt, tryNext, forward),
    });
    this.ring.add(leg);
    forwards?.rings(id);
    onInvited(leg);
  }

  #legTo(target: Target, id: string): CallLeg {
    return new CallLeg({ id, party: partyOf(target), peer: mediaPeerOf(target), owner: this.#parts.owner });
  }

  /**
   * @param tryNext invites the next address of the same target, where there is one
   * @param forward says where the phone sends the call instead, where it does
   */
  #userOf(
    leg: CallLeg,
    attempt: Attempt,
    tryNext: (() => void) | undefined,
    forward: (end: CallEnd) => ReturnType<typeof forwardOf>,
  ): OutgoingCallUser {
    const failover = tryNext && new Failover(this.#parts.services.clock, () => leg.sip.hangUp());
    const { ring } = this;
    const { forwards } = attempt;
    return {
      ...leg.user,
      onTrying: () => failover?.stop(),
      onRinging: ({ status }, sdp) => {
        failover?.stop();
        ring.rang(leg, status, sdp);
      },
      onAnswered: (_, sdp) => {
        failover?.stop();
        const isLast = !ring.isShared && forwards?.hasMore !== true;
        if (ring.isOpen && !isLast) this.#parts.next(() => this.#answered(leg, sdp, attempt));
        else ring.answered(leg, sdp);
      },
      onEnded: (end) => {
        if (tryNext && failover?.allowsNext(end) && this.#mayInvite) {
          ring.release(leg);
          leg.owner.legPassed(leg);
          return tryNext();
        }
        const forwarded = this.#mayInvite ? forward(end) : undefined;
        if (forwarded !== undefined) return this.#parts.next(() => this.#forward(leg, end, forwarded));
        if (forwards?.left(attempt.id, end) && this.#mayInvite)
          return this.#parts.next(() => this.#goOn(leg, end, forwards));
        ring.ended(leg, end);
        leg.owner.legEnded(leg, end);
      },
    };
  }

  /** One of several has answered: the others ring on until it is known that its audio can be used. */
  async #answered(leg: CallLeg, sdp: string | undefined, { id, forwards }: Attempt): Promise<void> {
    const isUsable = sdp !== undefined && (await this.#parts.media.accept(leg, sdp));
    if (leg.sip.state === "ended") return;
    if (isUsable) return this.ring.answered(leg, sdp);
    if (forwards?.left(id)) await this.#ringNext(forwards);
    this.ring.reject(leg, ending("no-common-audio", "callee"));
  }

  /** Rings whom a phone names instead of itself; those do not forward again. */
  async #forward(leg: CallLeg, end: CallEnd, to: NonNullable<ReturnType<typeof forwardOf>>): Promise<void> {
    if ("refusal" in to) this.ring.fail(to.refusal);
    else await this.#ringNext(new Forwards(`${leg.id}-`, to));
    this.ring.release(leg);
    leg.owner.legEnded(leg, end);
    this.ring.seal();
  }

  /** Nobody is left at one of the addresses that a phone forwards to. */
  async #goOn(leg: CallLeg, end: CallEnd, forwards: Forwards): Promise<void> {
    await this.#ringNext(forwards);
    this.ring.ended(leg, end);
    leg.owner.legEnded(leg, end);
  }

  /** Rings the next of these addresses at which there is anybody to ring. */
  async #ringNext(forwards: Forwards): Promise<void> {
    while (this.#mayInvite && !forwards.isRinging && forwards.hasMore)
      await this.#ringAt(forwards).catch((error) => this.ring.fail(faultOf(error).why));
  }

  async #ringAt(forwards: Forwards): Promise<void> {
    const found = await forwards.next()?.find();
    if (found !== undefined && this.#mayInvite) await this.#inviteAll(found, forwards);
  }
}
