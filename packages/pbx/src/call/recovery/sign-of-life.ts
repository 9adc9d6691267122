import type { Clock } from "@trunkline/sip-stack";
import type { CallLeg } from "../leg.ts";

/** A phone that has sent nothing for so many seconds is asked whether it is still in the call. */
const silentSeconds = 20;
/** The least time between two questions. */
const pauseMs = 60_000;
/** So many questions in a row without an answer: the phone is gone. */
const mostUnanswered = 2;

const unanswered = new Set(["SIP_TRANSACTION_TIMEOUT", "SIP_TRANSPORT_FAILED"]);

/**
 * Finds out whether a silent phone has left without BYE, as after a power loss, by OPTIONS in its dialog: 481 ends the
 * dialog (RFC 5057 section 5.1), any other answer shows life. A silent phone may be on hold or have nothing to say.
 */
export class SignOfLife {
  readonly #leg: CallLeg;
  readonly #clock: Clock;
  readonly #onGone: () => void;
  #nextAtMs = 0;
  #unanswered = 0;

  /** @param onGone the phone does not answer */
  constructor(leg: CallLeg, clock: Clock, onGone: () => void) {
    this.#leg = leg;
    this.#clock = clock;
    this.#onGone = onGone;
  }

  /** The phone has sent nothing for so many seconds. */
  silent(seconds: number): void {
    if (this.#leg.peer.kind !== "phone" || seconds < silentSeconds || this.#clock.nowMs() < this.#nextAtMs) return;
    this.#nextAtMs = this.#clock.nowMs() + pauseMs;
    void this.#ask();
  }

  async #ask(): Promise<void> {
    const outcome = await this.#leg.sip.request("OPTIONS");
    this.#unanswered = !outcome.ok && unanswered.has(outcome.error.code) ? this.#unanswered + 1 : 0;
    if (this.#unanswered >= mostUnanswered) this.#onGone();
  }
}
