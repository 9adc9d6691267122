/** How long nothing was heard of a leg's peer, and in which part of the call. */
export type Silence = { readonly phase: "before-first-packet" | "in-talk" | "on-hold"; readonly seconds: number };

/** Shorter silences are not worth a word: a talker may suppress silence between reports. */
const noticeFromSeconds = 3;

/** After how many seconds a silence has lasted too long, for each part of a call. */
export type SilenceLimits = {
  /** Something was agreed, and nothing has come yet. */
  readonly beforeFirstPacketSeconds: number;
  readonly inTalkSeconds: number;
  /** Reports are a sign of life where no media is expected. */
  readonly onHoldSeconds: number;
};

/** A minute of nothing is no pause between words; who is on hold may wait for an hour. */
export const silenceDefaults: SilenceLimits = {
  beforeFirstPacketSeconds: 60,
  inTalkSeconds: 60,
  onHoldSeconds: 3600,
};

/** A silence worth a word; `isLimit` the one time that it reaches its limit. */
export type SilenceNotice = { readonly silence: Silence; readonly isLimit: boolean };

/** Knows since when nothing was heard; separate for the three parts of a call (day-one row 16). */
export class SilenceWatch {
  readonly #limitSeconds: { readonly [Phase in Silence["phase"]]: number };
  #phase: Silence["phase"] | undefined;
  #sinceMs = 0;
  #isLimitTold = false;
  constructor(limits: SilenceLimits) {
    this.#limitSeconds = {
      "before-first-packet": limits.beforeFirstPacketSeconds,
      "in-talk": limits.inTalkSeconds,
      "on-hold": limits.onHoldSeconds,
    };
  }

  /** The stream was agreed, or agreed anew. */
  expect(nowMs: number, phase: Silence["phase"]): void {
    if (this.#phase === phase) return;
    this.#phase = phase;
    this.heard(nowMs);
  }

  /** Something was heard: a packet of the stream, or a report. */
  heard(atMs: number): void {
    if (atMs <= this.#sinceMs) return;
    this.#sinceMs = atMs;
    this.#isLimitTold = false;
  }

  /** The present silence when it has lasted for a while. */
  check(nowMs: number): SilenceNotice | undefined {
    const seconds = Math.floor((nowMs - this.#sinceMs) / 1000);
    if (this.#phase === undefined || seconds < noticeFromSeconds) return undefined;
    const isLimit = !this.#isLimitTold && seconds >= this.#limitSeconds[this.#phase];
    this.#isLimitTold ||= isLimit;
    return { silence: { phase: this.#phase, seconds }, isLimit };
  }
}
