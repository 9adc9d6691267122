import type { CallEnd, Clock } from "@trunkline/sip-stack";

/** An address without any response, not even 100, is skipped after this time. 64*T1 is too long for a caller. */
const silenceMs = 4000;

/** Decides when a call moves from one address of a target to the next, RFC 3263 section 4.3. */
export class Failover {
  readonly #stop: () => void;
  #isOver = false;

  /** @param abandon called when the address has not responded */
  constructor(clock: Clock, abandon: () => void) {
    this.#stop = clock.after(silenceMs, () => {
      this.#isOver = true;
      abandon();
    });
  }

  /** The address has responded. */
  stop(): void {
    this.#stop();
  }

  /** Silence, a broken connection and 503 concern one address. Any other refusal holds for all of them. */
  allowsNext(end: CallEnd): boolean {
    this.#stop();
    if (end.cause === "rejected") return end.response.status === 503;
    return this.#isOver || end.cause === "timeout" || end.cause === "transport";
  }
}
