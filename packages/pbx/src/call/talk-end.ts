import type { Clock } from "@trunkline/sip-stack";
import type { LegState } from "../kernel/journal.ts";
import { holdTable } from "./hold/table.ts";
import type { CallLeg } from "./leg.ts";
import { Limited } from "./limited.ts";
import { SignOfLife } from "./recovery/sign-of-life.ts";
import { presenceTable } from "./recovery/table.ts";

/** For so long a lost browser is waited for. */
const absenceMs = 20_000;

/** What one side's state means for the call. */
export interface TalkEndUser {
  /** What is heard must be arranged anew. */
  onChange(end: TalkEnd, state: LegState): void;
  onHeldTooLong(): void;
  /** It did not come back in time. `why`: what broke its audio connection, where that is known. */
  onGone(end: TalkEnd, why: string | undefined): void;
}

/** What somebody hears. */
export type Heard = "other" | "hold" | "comfort" | "nothing";

/** One of the two who talk: whose leg it is, whether it holds the other, and whether it is there at all. */
export class TalkEnd {
  readonly leg: CallLeg;
  readonly #hold;
  readonly #presence;
  readonly #signOfLife: SignOfLife;
  #isOver = false;
  /** What broke the audio connection. */
  #broken: string | undefined;

  constructor(leg: CallLeg, clock: Clock, holdMs: number, user: TalkEndUser) {
    this.leg = leg;
    this.#hold = new Limited({ table: holdTable, initial: "talking" }, clock, holdMs, {
      onChange: () => user.onChange(this, this.holds ? "holds" : "resumed"),
      onExpired: () => user.onHeldTooLong(),
    });
    this.#presence = new Limited({ table: presenceTable, initial: "present" }, clock, absenceMs, {
      onChange: () => user.onChange(this, this.isAbsent ? "away" : "back"),
      onExpired: () => user.onGone(this, this.#broken),
    });
    this.#signOfLife = new SignOfLife(leg, clock, () => {
      if (!this.#isOver) user.onGone(this, this.#broken);
    });
  }

  get holds(): boolean {
    return this.#hold.state === "holding";
  }

  get isAbsent(): boolean {
    return this.#presence.state !== "present";
  }

  /** Takes what the leg's direction says now. Who sends music of its own to a held party, as the trunk may, is heard. */
  judge(): void {
    const { direction = "sendrecv" } = this.leg.media ?? {};
    const holds = direction === "inactive" || (direction === "recvonly" && this.leg.party.kind === "user");
    this.#hold.take(holds ? "held" : "resumed");
  }

  /**
   * Nothing of it is heard, or its audio connection is broken. Only a browser sends all the time: whoever else is silent may
   * have nothing to say.
   */
  lost(why?: string): void {
    if (this.leg.peer.kind !== "browser") return;
    this.#broken ??= why;
    this.#presence.take("lost");
  }

  /** Nothing has come from it for so many seconds. */
  silent(seconds: number): void {
    this.#signOfLife.silent(seconds);
  }

  back(): void {
    this.#broken = undefined;
    this.#presence.take("back");
  }

  /** It does not talk any more. */
  close(): void {
    this.#isOver = true;
    this.#hold.take("over");
    this.#presence.take("over");
  }
}

/** What one of two hears of the other. */
export function heardBy(self: TalkEnd, other: TalkEnd): Heard {
  if (self.holds || self.isAbsent) return "nothing";
  if (other.isAbsent) return "comfort";
  return other.holds ? "hold" : "other";
}
