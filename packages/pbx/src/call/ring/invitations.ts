import { type OutgoingCallUser, sdpBody } from "@trunkline/sip-stack";
import type { Party } from "../../domain/party.ts";
import type { Ending } from "../../kernel/ending.ts";
import type { Targets } from "../find-targets.ts";
import { CallLeg, type LegOwner } from "../leg.ts";
import type { CallMedia } from "../media.ts";
import { type PassedOn, passTo } from "../passed-on.ts";
import { Patience } from "../patience.ts";
import type { CallServices } from "../services.ts";
import { invitationOf, mediaPeerOf, partyOf, type Target, triesOf } from "../target.ts";
import { Ring, type RingUser } from "./ring.ts";

/** The addresses at which one target is invited, one after the other. */
type Tries = ReturnType<typeof triesOf>;

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
  async invite({ targets, otherwise }: Targets): Promise<void> {
    const { letter, media } = this.#parts;
    const legs = await media.addLegs(targets.map(mediaPeerOf));
    for (const [at, target] of targets.entries()) await this.#try(triesOf(target), `${letter}${at + 1}`, legs[at]!);
    if (targets.length === 0) this.ring.fail(otherwise);
    this.ring.seal();
  }

  /** Nobody is wanted any more. */
  stop(why: Ending): void {
    this.#isWanted = false;
    this.ring.stop(why);
  }

  async #try([target, ...later]: Tries, id: string, media: NonNullable<CallLeg["media"]>): Promise<void> {
    const offer = await media.offer();
    if (!this.#isWanted) return;
    const { services, passedOn, next, onInvited } = this.#parts;
    const [following, ...rest] = later;
    const tryNext = following && (() => next(() => this.#try([following, ...rest], `${id}'`, media)));
    const leg = this.#legTo(target, id);
    leg.media = media;
    leg.sip = services.agent.call({
      ...invitationOf(target, this.#parts.from, services.publicAddress),
      ...passTo(target, passedOn),
      originOf: services.originOf(target),
      body: sdpBody(offer),
      user: this.#userOf(leg, tryNext),
    });
    this.ring.add(leg);
    onInvited(leg);
  }

  #legTo(target: Target, id: string): CallLeg {
    return new CallLeg({ id, party: partyOf(target), peer: mediaPeerOf(target), owner: this.#parts.owner });
  }

  /** @param tryNext invites the next address of the same target, where there is one */
  #userOf(leg: CallLeg, tryNext: (() => void) | undefined): OutgoingCallUser {
    const patience = tryNext && new Patience(this.#parts.services.clock, () => leg.sip.hangUp());
    const { ring } = this;
    return {
      ...leg.user,
      onTrying: () => patience?.stop(),
      onRinging: ({ status }, sdp) => {
        patience?.stop();
        ring.rang(leg, status, sdp);
      },
      onAnswered: (_, sdp) => {
        patience?.stop();
        ring.answered(leg, sdp);
      },
      onEnded: (end) => {
        if (tryNext && patience?.allowsNext(end) && this.#isWanted && ring.isOpen) {
          ring.release(leg);
          leg.owner.legPassed(leg);
          return tryNext();
        }
        ring.ended(leg, end);
        leg.owner.legEnded(leg, end);
      },
    };
  }
}
