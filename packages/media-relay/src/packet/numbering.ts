import { rtp } from "./rtp.ts";
import { elsewhere, Run } from "./run.ts";
import { seqAdd, seqDelta } from "./sequence.ts";

/**
 * Gives the packets of one run after the other the numbers of one row: no gap but that of a loss, and no number twice. What
 * is older than its run's beginning, or than a packet that was left out, has no number of its own any more.
 */
export class Numbering {
  readonly #run = new Run();
  /** How many numbers below the run's highest are the run's own to fill; negative when the highest is none of its own. */
  #room = 0;
  #offset = 0;
  #last: number;
  /** @param last the number before the first that is given. */
  constructor(last: number) {
    this.#last = last;
  }

  /** Whatever comes next begins another run. */
  end(): void {
    this.#run.end();
  }

  /** The step to a packet as `Run` tells it. */
  stepTo(packet: Uint8Array): number {
    return this.#run.stepTo(packet);
  }

  /** The packet is the first of another run and gets the row's next number. */
  begin(packet: Uint8Array): void {
    this.#run.begin(packet);
    this.#room = 0;
    this.#last = seqAdd(this.#last, 1);
    this.#offset = seqDelta(rtp.seq(packet), this.#last);
    rtp.setSeq(packet, this.#last);
  }

  /** Renumbers a packet of the run by its step; not when it is too old to have a number of its own. */
  renumber(packet: Uint8Array, step: number): boolean {
    const seq = rtp.seq(packet);
    const number = seqAdd(seq, this.#offset);
    if (step > 0) {
      this.#run.seq = seq;
      this.#room += step;
      this.#last = number;
    } else if (step === 0 || this.#room + step < 0) return false;
    rtp.setSeq(packet, number);
    return true;
  }

  /** What is older than the run's highest has no number of its own any more. */
  forgetOlder(): void {
    this.#room = 0;
  }

  /** The packet is left out: the row goes on as if it had never been. */
  omit(packet: Uint8Array): void {
    const step = this.#run.stepTo(packet);
    if (step === elsewhere || step <= 0) return;
    this.#run.seq = rtp.seq(packet);
    this.#offset -= 1;
    this.#room = -1;
  }

  /** The row's next number, for a packet of no run. */
  take(): number {
    this.#offset += 1;
    this.#room = -1;
    this.#last = seqAdd(this.#last, 1);
    return this.#last;
  }
}
