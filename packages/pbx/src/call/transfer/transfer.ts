import type { IncomingTransfer } from "@trunkline/sip-stack";
import { type Ending, ending, endingHeaders } from "../../kernel/ending.ts";
import { type Rule, step, unreachable } from "../../kernel/table.ts";
import type { CallLeg } from "../leg.ts";
import { type TransferAction, type TransferEvent, type TransferState, transferTable } from "./table.ts";

/** What a transfer needs of its call. */
export interface TransferUser {
  /** Rings whom the requester has named; the other party hears that it rings. */
  ringTarget(): void;
  /** Rings the requester, as whose call it comes back. */
  ringRequester(): void;
  /** The one who answered talks with the other party from now on. */
  takeOver(leg: CallLeg): void;
  /** Nobody takes it: the two of before hear each other again. */
  joinAgain(): void;
  stopRinging(why: Ending): void;
  endCall(why: Ending): void;
}

type Cause = {
  readonly leg?: CallLeg;
  readonly status?: number;
  readonly why?: Ending;
};

/** One blind transfer, as ./table.ts says. */
export class Transfer {
  readonly requester: CallLeg;
  readonly other: CallLeg;
  readonly #asked: IncomingTransfer;
  readonly #user: TransferUser;
  #state: TransferState = "asked";

  constructor(
    asked: IncomingTransfer,
    { requester, other }: { readonly requester: CallLeg; readonly other: CallLeg },
    user: TransferUser,
  ) {
    this.#asked = asked;
    this.requester = requester;
    this.other = other;
    this.#user = user;
  }

  get isOver(): boolean {
    return this.#state === "over";
  }

  begin(): void {
    this.#dispatch("begun");
  }

  /** A target rings. */
  rang(status: number): void {
    this.#dispatch("rang", { status });
  }

  /** A target has answered, or the requester when the call came back. */
  won(leg: CallLeg): void {
    this.#dispatch("won", { leg });
  }

  lost(why: Ending): void {
    this.#dispatch("lost", { why });
  }

  requesterLeft(): void {
    this.#dispatch("requesterLeft");
  }

  /** The other party has hung up, or the call ends for another reason. */
  otherLeft(why: Ending): void {
    this.#dispatch("otherLeft", { why });
  }

  #dispatch(event: TransferEvent, cause: Cause = {}): void {
    const rule: Rule<TransferState, TransferAction> | undefined = step<TransferState, TransferEvent, TransferAction>(
      transferTable,
      this.#state,
      event,
    );
    if (rule === undefined) return;
    this.#state = rule.to;
    for (const action of rule.run) this.#run(action, cause);
  }

  #run(action: TransferAction, { leg, status, why }: Cause): void {
    switch (action) {
      case "tellTrying":
        return this.#asked.accept();
      case "ringTarget":
        return this.#user.ringTarget();
      case "tellRinging":
        return this.#asked.progress(status!);
      case "tellDone":
        return this.#asked.done(200);
      case "tellFailed":
        return this.#asked.done(shown(why!));
      case "takeOver":
        return this.#user.takeOver(leg!);
      case "joinAgain":
        return this.#user.joinAgain();
      case "ringRequester":
        return this.#user.ringRequester();
      case "stopRinging":
        return this.#user.stopRinging(why!);
      case "endCall":
        return this.#user.endCall(why!);
      default:
        return unreachable(action);
    }
  }
}

/** A NOTIFY tells how the new call failed: never by a status that says it did not. */
const shown = ({ sip }: Ending): number => (sip >= 400 ? sip : 487);

/** Refuses a transfer in words. */
export const refuseTransfer = (asked: IncomingTransfer, why: Ending): void =>
  asked.reject(why.sip >= 400 ? why.sip : 403, { headers: endingHeaders(why) });

/** Why a transfer is refused that is asked for at the wrong moment. */
export const notNow = (words: string): Ending => ending("not-allowed", "system", { words, sip: 403 });
