import type { IncomingTransfer } from "@trunkline/sip-stack";
import type { UserName } from "../../domain/names.ts";
import type { Party } from "../../domain/party.ts";
import { type Ending, ending } from "../../kernel/ending.ts";
import type { CallChange } from "../../store/history.ts";
import { faultOf } from "../fault.ts";
import type { CallLeg } from "../leg.ts";
import type { Invitations } from "../ring/invitations.ts";
import type { RingUser } from "../ring/ring.ts";
import type { CallServices, OtherCall, Placement, TransferOf } from "../services.ts";
import type { Talk } from "../talk.ts";
import { notNow, refuseTransfer, Transfer } from "./transfer.ts";

/** What transfers need of the call that they happen in. */
export interface TransfersHost {
  /** The number of ours that the call came to, where it did. */
  readonly number: string | undefined;
  /** The two who talk; `undefined` when nobody does. */
  readonly talk: Talk | undefined;
  /** Makes invitations whose legs are the call's. */
  inviting(from: Party, ringSeconds: number, user: RingUser): Invitations;
  /** One step of the call after the other. */
  next(task: () => Promise<unknown>): void;
  /** Takes a target's answer; false when it cannot be used. */
  accept(leg: CallLeg, sdp: string | undefined): Promise<boolean>;
  /** Charges the call to a user's minutes from now on, and ends it when they are used. */
  charge(user: UserName): void;
  /** The other party of a call talks in this one from now on. @returns its leg; `undefined` when that call is not up */
  inherit(from: OtherCall, requester: CallLeg): CallLeg | undefined;
  /** Somebody has been replaced: he may hang up by himself, and is hung up soon. */
  dismiss(leg: CallLeg): void;
  changed(change: Omit<CallChange, "atMs">): void;
  stop(why: Ending): void;
}

const notUp = notNow("Only a call that is up can be transferred, once at a time.");
const notFound = notNow("The call to connect with is not yours, or is not up.");

/** The transfers that are asked for in one call, one at a time. */
export class Transfers {
  readonly #host: TransfersHost;
  readonly #services: CallServices;
  #current: Transfer | undefined;
  #invitations: Invitations | undefined;

  constructor(host: TransfersHost, services: CallServices) {
    this.#host = host;
    this.#services = services;
  }

  get isIdle(): boolean {
    return this.#current?.isOver !== false;
  }

  /** Takes a REFER of one of the two who talk. */
  ask(requester: CallLeg, asked: IncomingTransfer): void {
    const { talk } = this.#host;
    if (talk?.has(requester) !== true || !this.isIdle || requester.party.kind !== "user")
      return refuseTransfer(asked, notUp);
    const { callerId } = requester.party;
    const transfer = {
      by: requester.party,
      other: talk.other(requester).party,
      number: this.#host.number ?? callerId,
    };
    if (asked.replaces === undefined) this.#blind(asked, requester, talk, transfer);
    else this.#attended(asked, requester, talk, transfer);
  }

  /** One of the two has left. @returns whether the call goes on without */
  left(leg: CallLeg, why: Ending): boolean {
    const transfer = this.#current;
    if (transfer === undefined || transfer.isOver) return false;
    if (leg !== transfer.requester) transfer.otherLeft(why);
    else transfer.requesterLeft();
    return !transfer.isOver;
  }

  /** The call ends. */
  stop(why: Ending): void {
    this.#current?.otherLeft(why);
  }

  #blind(asked: IncomingTransfer, requester: CallLeg, talk: Talk, of: TransferOf): void {
    const placement = this.#services.placeTransfer(of, asked.target);
    if ("refusal" in placement) return refuseTransfer(asked, placement.refusal);
    const other = talk.other(requester);
    const transfer: Transfer = new Transfer(
      asked,
      { requester, other },
      {
        ringTarget: () => {
          talk.interrupt({ hearer: other, sound: "ringback-us" });
          this.#ring(transfer, placement, of);
        },
        ringRequester: () => this.#ring(transfer, this.#services.placeReturn(of.by.user), of),
        takeOver: (leg) => this.#takeOver(talk, requester, leg),
        joinAgain: () => talk.resume("ringback-us"),
        stopRinging: (why) => this.#invitations?.stop(why),
        endCall: (why) => this.#host.stop(why),
      },
    );
    this.#current = transfer;
    transfer.begin();
  }

  #ring(transfer: Transfer, placement: Placement, { by }: TransferOf): void {
    const host = this.#host;
    const invite = async (): Promise<void> => {
      const found = await placement.find();
      if (transfer.isOver) return;
      const charge = (): void => {
        if (placement.isPaid) host.charge(by.user);
      };
      const ring = host.inviting(transfer.other.party, placement.ringSeconds, {
        onRing: (_, status) => transfer.rang(status),
        onWon: (leg, sdp) => host.next(() => this.#answered(transfer, leg, sdp, charge)),
        onLost: (why) => transfer.lost(why),
        onWinnerEnded: (why) => transfer.lost(why),
      });
      this.#invitations = ring;
      await ring.invite(found);
    };
    // There may be no room for another leg: that is no reason to lose the call.
    host.next(() => invite().catch((error) => transfer.lost(faultOf(error).why)));
  }

  /** @param charge begins to count what the target costs */
  async #answered(transfer: Transfer, leg: CallLeg, sdp: string | undefined, charge: () => void): Promise<void> {
    const isAccepted = await this.#host.accept(leg, sdp);
    if (transfer.isOver) return;
    if (!isAccepted) {
      const why = ending("no-common-audio");
      this.#invitations?.stop(why);
      return transfer.lost(why);
    }
    charge();
    this.#invitations?.ring.release(leg);
    transfer.won(leg);
  }

  #takeOver(talk: Talk, requester: CallLeg, leg: CallLeg): void {
    talk.replace(requester, leg);
    talk.resume("ringback-us");
    this.#host.changed({ kind: "blind-transfer", by: requester.id, to: leg.id });
    this.#host.dismiss(requester);
  }

  /** Connects the other parties of two calls that the requester has: no INVITE leaves for it. */
  #attended(asked: IncomingTransfer, requester: CallLeg, talk: Talk, of: TransferOf): void {
    const found = this.#services.legNamed(asked.replaces ?? "");
    const isOwn = found !== undefined && found.leg !== requester && found.leg.isOf(of.by.user);
    const target = isOwn ? found.call.talk?.other(found.leg) : undefined;
    if (found === undefined || target === undefined) return refuseTransfer(asked, notFound);
    const refusal = this.#services.refusalOfJoin(of, target.party);
    if (refusal !== undefined) return refuseTransfer(asked, refusal);
    asked.accept();
    const leg = this.#host.inherit(found.call, found.leg);
    if (leg === undefined) return asked.done(481);
    talk.replace(requester, leg);
    this.#host.changed({ kind: "attended-transfer", by: requester.id, to: leg.id, call: found.call.setup.id });
    asked.done(200);
    this.#host.dismiss(requester);
  }
}
