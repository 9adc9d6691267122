import type { Clock } from "@trunkline/sip-stack";
import type { EndingCode } from "../kernel/ending.ts";
import { TalkLimit } from "./talk-limit.ts";

/** What the limits of a call tell. */
export interface LimitsUser {
  onWarning(): void;
  onOver(code: EndingCode): void;
}

/** How long two may talk: the longest call, and the minutes of whoever pays. */
export class Limits {
  readonly #clock: Clock;
  readonly #user: LimitsUser;
  readonly #stops: (() => void)[] = [];

  constructor(clock: Clock, user: LimitsUser) {
    this.#clock = clock;
    this.#user = user;
  }

  /** Whichever ends first counts. @param secondsLeft what the caller may talk today over the trunk */
  begin(talkSeconds: number, secondsLeft: number): void {
    const code = secondsLeft < talkSeconds ? "minutes-used" : "longest-call";
    const limit = new TalkLimit(Math.min(secondsLeft, talkSeconds) * 1000, this.#clock, {
      onWarning: () => this.#user.onWarning(),
      onOver: () => this.#user.onOver(code),
    });
    this.alsoStop(() => limit.stop());
  }

  /** Something else that ends with the talk. */
  alsoStop(stop: () => void): void {
    this.#stops.push(stop);
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }
}
