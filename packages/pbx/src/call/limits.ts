import type { Clock } from "@trunkline/sip-stack";
import type { ChargedCall } from "../guard/account.ts";
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

  /** Starts the limit of the longest call. */
  begin(talkSeconds: number): void {
    const limit = new TalkLimit(talkSeconds * 1000, this.#clock, {
      onWarning: () => this.#user.onWarning(),
      onOver: () => this.#user.onOver("longest-call"),
    });
    this.alsoStop(() => limit.stop());
  }

  /** The minutes of whoever pays, to be charged. */
  get minutes(): ChargedCall {
    const { onWarning, onOver } = this.#user;
    return { onWarning, onOver: () => onOver("minutes-used") };
  }

  /** Something else that ends with the talk. */
  alsoStop(stop: () => void): void {
    this.#stops.push(stop);
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }
}
