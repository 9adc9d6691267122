import type { Clock } from "../kernel/clock.ts";
import { rtp, ticksPerMs } from "../packet/rtp.ts";
import { continuesRun, type Run } from "../packet/run.ts";
import { seqDelta, ticksDelta } from "../packet/sequence.ts";
import type { Stage } from "./stage.ts";

/** What was expected and what came since the last report, for the report's fraction. */
type Interval = { expected: number; received: number };

/** Counts what is received, as a receiver report needs it: RFC 3550 appendices A.3 (loss) and A.8 (jitter). */
export class Meter {
  packets = 0;
  bytes = 0;
  readonly #clock: Clock;
  #run: Run | undefined;
  /** Sequence numbers since the first of this run, the wraps of the circle included. */
  #span = 0;
  #received = 0;
  #lostBefore = 0;
  #firstSeq = 0;
  #transitTicks: number | undefined;
  #jitterTicks = 0;
  #reported: Interval = { expected: 0, received: 0 };
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Measures and passes on. */
  readonly stage: Stage = (next) => (packet) => {
    this.#measure(packet);
    next(packet);
  };

  /** The source that is measured now. */
  get ssrc(): number | undefined {
    return this.#run?.ssrc;
  }
  get jitterTicks(): number {
    return Math.round(this.#jitterTicks);
  }
  get jitterMs(): number {
    return this.#jitterTicks / ticksPerMs;
  }
  /** Lost over all sources heard so far; never negative. */
  get lost(): number {
    return Math.max(0, this.#lostBefore + this.lostOfRun);
  }
  /** Lost of the present source; negative when duplicates outnumber losses. */
  get lostOfRun(): number {
    return this.#run === undefined ? 0 : this.#span + 1 - this.#received;
  }
  /** The highest sequence number with its count of wraps in the upper 16 bits. */
  get highestSeq(): number {
    return (this.#firstSeq + this.#span) >>> 0;
  }
  /** Loss since this was last asked, in 1/256. */
  takeFractionLost(): number {
    const expected = this.#run === undefined ? 0 : this.#span + 1;
    const expectedNow = expected - this.#reported.expected;
    const lostNow = expectedNow - (this.#received - this.#reported.received);
    this.#reported = { expected, received: this.#received };
    return lostNow <= 0 ? 0 : Math.min(255, Math.floor((256 * lostNow) / expectedNow));
  }

  #measure(packet: Uint8Array): void {
    this.packets += 1;
    this.bytes += packet.length;
    if (this.#run === undefined || !continuesRun(this.#run, packet)) this.#begin(packet);
    else this.#goOn(this.#run, packet);
    this.#received += 1;
    this.#jitter(packet);
  }
  #begin(packet: Uint8Array): void {
    this.#lostBefore += Math.max(0, this.lostOfRun);
    this.#run = { ssrc: rtp.ssrc(packet), seq: rtp.seq(packet) };
    this.#firstSeq = rtp.seq(packet);
    this.#span = 0;
    this.#received = 0;
    this.#transitTicks = undefined;
    this.#reported = { expected: 0, received: 0 };
  }
  #goOn(run: Run, packet: Uint8Array): void {
    const step = seqDelta(run.seq, rtp.seq(packet));
    if (step > 0) {
      this.#span += step;
      run.seq = rtp.seq(packet);
    }
  }
  #jitter(packet: Uint8Array): void {
    const arrival = Math.round(this.#clock.nowMs() * ticksPerMs) >>> 0;
    const transit = ticksDelta(rtp.timestamp(packet), arrival);
    if (this.#transitTicks !== undefined) {
      this.#jitterTicks += (Math.abs(ticksDelta(this.#transitTicks, transit)) - this.#jitterTicks) / 16;
    }
    this.#transitTicks = transit;
  }
}
