import type { CallEnd, Clock } from "@trunkline/sip-stack";
import { type Ending, ending, endingHeaders } from "../../kernel/ending.ts";
import { type Rule, step, unreachable } from "../../kernel/table.ts";
import { bestEnding, endingOf } from "../ending-of.ts";
import type { CallLeg } from "../leg.ts";
import { type RingAction, type RingEvent, type RingState, ringTable } from "./table.ts";

/** What the targets' ringing means for the call. */
export interface RingUser {
  /** A provisional response of a target; `sdp` is early media. */
  onRing(leg: CallLeg, status: number, sdp: string | undefined): void;
  /** The first target to answer, with its answer; all others have been told to stop. */
  onWon(leg: CallLeg, sdp: string | undefined): void;
  /** Nobody will take the call. */
  onLost(why: Ending): void;
  /** The target that won has left. */
  onWinnerEnded(why: Ending): void;
}

type Cause = {
  readonly leg?: CallLeg;
  readonly status?: number;
  readonly sdp?: string | undefined;
  readonly why?: Ending;
};

/** Rings all targets of one call at once, as ./table.ts says. */
export class Ring {
  readonly #user: RingUser;
  readonly #stopTimer: () => void;
  readonly #live = new Set<CallLeg>();
  readonly #failures: Ending[] = [];
  #state: RingState = "trying";
  #winner: CallLeg | undefined;
  #sealed = false;

  constructor(user: RingUser, clock: Clock, ringMs: number) {
    this.#user = user;
    this.#stopTimer = clock.after(ringMs, () => this.#dispatch("timedOut", { why: ending("no-answer", "callee") }));
  }

  /** Nobody has answered yet, and somebody still may. */
  get isOpen(): boolean {
    return this.#state === "trying" || this.#state === "ringing";
  }

  /** A target whose INVITE has been sent. */
  add(leg: CallLeg): void {
    this.#live.add(leg);
  }

  /** What becomes of this target counts for nothing here: its next address is tried, or it has won and is the call's own. */
  release(leg: CallLeg): void {
    this.#live.delete(leg);
  }

  /** A target that could not even be invited. */
  fail(why: Ending): void {
    this.#failures.push(why);
  }

  /** No further targets will be added: from now on the last failure ends the ringing. */
  seal(): void {
    this.#sealed = true;
    this.#checkExhausted();
  }

  rang(leg: CallLeg, status: number, sdp: string | undefined): void {
    this.#dispatch("rang", { leg, status, sdp });
  }

  /** A target's answer, which counts unless the target has left meanwhile. */
  answered(leg: CallLeg, sdp: string | undefined): void {
    if (this.#live.has(leg)) this.#dispatch("answered", { leg, sdp });
  }

  /** Whether several targets ring. */
  get isShared(): boolean {
    return this.#live.size > 1;
  }

  /** A target that has answered without usable audio: it is out, and the others ring on. */
  reject(leg: CallLeg, why: Ending): void {
    if (!this.#live.delete(leg)) return;
    leg.sip.hangUp({ headers: endingHeaders(why) });
    this.#failures.push(why);
    this.#checkExhausted();
  }

  /** A target is over, however that came about. */
  ended(leg: CallLeg, end: CallEnd): void {
    if (!this.#live.delete(leg)) return;
    const why = endingOf(end, "callee", leg.party);
    if (leg === this.#winner) return this.#user.onWinnerEnded(why);
    this.#failures.push(why);
    this.#checkExhausted();
  }

  /** The call is over for another reason: every target stops. */
  stop(why: Ending): void {
    this.#dispatch("stopped", { why });
  }

  #checkExhausted(): void {
    if (this.#sealed && this.#live.size === 0) this.#dispatch("exhausted", { why: bestEnding(this.#failures) });
  }

  #dispatch(event: RingEvent, cause: Cause): void {
    const rule: Rule<RingState, RingAction> | undefined = step<RingState, RingEvent, RingAction>(
      ringTable,
      this.#state,
      event,
    );
    if (rule === undefined) return;
    this.#state = rule.to;
    if (rule.to !== "ringing") this.#stopTimer();
    for (const action of rule.run) this.#run(action, cause);
  }

  #run(action: RingAction, { leg, status, sdp, why }: Cause): void {
    switch (action) {
      case "passRing":
        return this.#user.onRing(leg!, status!, sdp);
      case "claim":
        this.#winner = leg;
        return;
      case "silenceOthers":
        return this.#silence(ending("answered-elsewhere"));
      case "reportWon":
        return this.#user.onWon(leg!, sdp);
      case "dropLate":
        return leg!.sip.hangUp({ headers: endingHeaders(ending("answered-elsewhere")) });
      case "silenceAll":
        return this.#silence(why!, true);
      case "reportLost":
        return this.#user.onLost(why!);
      default:
        return unreachable(action);
    }
  }

  #silence(why: Ending, winnerToo = false): void {
    for (const leg of this.#live)
      if (winnerToo || leg !== this.#winner) leg.sip.hangUp({ headers: endingHeaders(why) });
  }
}
