import { rtp } from "./rtp.ts";
import { seqAdd, seqDelta } from "./sequence.ts";

/** RFC 3550 appendix A.1, MAX_DROPOUT: a jump of more than a minute of packets is a new beginning. */
const maxDropout = 3000;
/** So many old numbers in a row, and nothing newer between them, are a source that begins anew, not packets that are late. */
const restartPackets = 10;

/** No SSRC: these are never negative. */
const nobody = -1;

/** The step to a packet that does not go on with the run; no step within one is so long. */
export const elsewhere = 0x10000;

/** One uninterrupted row of sequence numbers of one source. */
export class Run {
  ssrc = nobody;
  /** The highest sequence number that came. */
  seq = 0;
  #lastOld = 0;
  #oldInRow = 0;

  /** Whether there is a source. */
  get hasBegun(): boolean {
    return this.ssrc !== nobody;
  }

  /** How far a packet is ahead of the highest: 0 is a copy, less is late, more lost some; or `elsewhere`. To be asked once. */
  stepTo(packet: Uint8Array): number {
    if (rtp.ssrc(packet) !== this.ssrc) return elsewhere;
    const seq = rtp.seq(packet);
    const step = seqDelta(this.seq, seq);
    if (step <= 0) return step > -maxDropout && !this.#isRestart(seq) ? step : elsewhere;
    this.#oldInRow = 0;
    return step < maxDropout ? step : elsewhere;
  }

  /** The packet is the first of another row. */
  begin(packet: Uint8Array): void {
    this.ssrc = rtp.ssrc(packet);
    this.seq = rtp.seq(packet);
    this.#oldInRow = 0;
  }

  /** Whatever comes next begins another row. */
  end(): void {
    this.ssrc = nobody;
  }

  #isRestart(seq: number): boolean {
    this.#oldInRow = seq === seqAdd(this.#lastOld, 1) ? this.#oldInRow + 1 : 1;
    this.#lastOld = seq;
    return this.#oldInRow >= restartPackets;
  }
}
