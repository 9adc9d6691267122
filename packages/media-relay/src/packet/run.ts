import { inner } from "./payload-types.ts";
import { rtp } from "./rtp.ts";
import { seqAdd, seqDelta, ticksDelta } from "./sequence.ts";

/** RFC 3550 appendix A.1, MAX_DROPOUT: a jump of more than a minute of packets is a new beginning. */
const maxDropout = 3000;
/** RFC 3550 appendix A.1, MAX_MISORDER: a number further behind the highest is of a source that begins anew. */
export const maxMisorder = 100;
/** Within that, this many old numbers in a row and nothing newer between them are a source that begins anew. */
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

  /** Whether there is a source. */
  get hasBegun(): boolean {
    return this.ssrc !== nobody;
  }

  /** How far a packet is ahead of the highest: 0 is a copy, less is late, more lost some; or `elsewhere`. */
  stepTo(packet: Uint8Array): number {
    if (rtp.ssrc(packet) !== this.ssrc) return elsewhere;
    const step = seqDelta(this.seq, rtp.seq(packet));
    return step > -maxMisorder && step < maxDropout ? step : elsewhere;
  }

  /** The packet is the first of another row. */
  begin(packet: Uint8Array): void {
    this.ssrc = rtp.ssrc(packet);
    this.seq = rtp.seq(packet);
  }

  /** Whatever comes next begins another row. */
  end(): void {
    this.ssrc = nobody;
  }
}

/**
 * A run as it comes from the network, where a source may begin its numbers anew a little below the highest. Late packets and
 * copies tell themselves apart by their timestamps, which are never newer than the newest.
 */
export class ArrivingRun {
  readonly #run = new Run();
  #ticks: number | undefined;
  #lastOld = 0;
  #oldInRow = 0;

  get ssrc(): number {
    return this.#run.ssrc;
  }
  /** Whether there is a source. */
  get hasBegun(): boolean {
    return this.#run.hasBegun;
  }

  /** The step to a packet as `Run` tells it. To be asked once; a packet that is ahead becomes the highest. */
  take(packet: Uint8Array): number {
    const step = this.#run.stepTo(packet);
    if (step === elsewhere || (step <= 0 && this.#isRestart(packet))) return elsewhere;
    if (step > 0) this.#goOn(packet);
    return step;
  }

  /** The packet is the first of another row. */
  begin(packet: Uint8Array): void {
    this.#run.begin(packet);
    this.#ticks = undefined;
    this.#goOn(packet);
  }

  #goOn(packet: Uint8Array): void {
    this.#run.seq = rtp.seq(packet);
    this.#oldInRow = 0;
    if (rtp.payloadType(packet) === inner.pcmu) this.#ticks = rtp.timestamp(packet);
  }

  #isRestart(packet: Uint8Array): boolean {
    const seq = rtp.seq(packet);
    this.#oldInRow = seq === seqAdd(this.#lastOld, 1) ? this.#oldInRow + 1 : 1;
    this.#lastOld = seq;
    return this.#oldInRow >= restartPackets || this.#isNewer(packet);
  }

  #isNewer(packet: Uint8Array): boolean {
    if (this.#ticks === undefined || rtp.payloadType(packet) !== inner.pcmu) return false;
    return ticksDelta(this.#ticks, rtp.timestamp(packet)) > 0;
  }
}
