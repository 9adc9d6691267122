import type { CallEnd, Clock } from "@trunkline/sip-stack";

/** An address that has not said even 100 after so long is passed over: 64*T1, half a minute, is too long for a caller. */
const patienceMs = 4000;

/** How long one address of several is waited for, and whether the next may be tried after its end (RFC 3263 section 4.3). */
export class Patience {
  readonly #stop: () => void;
  #isOver = false;

  /** @param abandon called when the address has said nothing at all */
  constructor(clock: Clock, abandon: () => void) {
    this.#stop = clock.after(patienceMs, () => {
      this.#isOver = true;
      abandon();
    });
  }

  /** The address has said something. */
  stop(): void {
    this.#stop();
  }

  /** A refusal is the network's word and is the same at every address; silence, a broken way and 503 are this one's. */
  allowsNext(end: CallEnd): boolean {
    this.#stop();
    if (end.cause === "rejected") return end.response.status === 503;
    return this.#isOver || end.cause === "timeout" || end.cause === "transport";
  }
}
