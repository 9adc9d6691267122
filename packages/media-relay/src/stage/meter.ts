import type { Moment } from "../kernel/moment.ts";
import type { Tally } from "../kernel/refusals.ts";
import { inner } from "../packet/payload-types.ts";
import { rtp, ticksPerMs } from "../packet/rtp.ts";
import { ArrivingRun, elsewhere } from "../packet/run.ts";
import { ticksDelta } from "../packet/sequence.ts";
import type { Stage } from "./stage.ts";

/** More than a packet of a run can be behind its highest number (`maxMisorder`); a power of two. */
const windowPackets = 128;
/** Odd and far from 0: sources whose names are neighbours do not get one name by it. */
const farStep = 0x9e37_79b1;
const neverCame = -0x8000_0000;
/** A transit time that changes by a second is a sender's clock that was set or stood still, not jitter. */
const mostTransitStepTicks = 1000 * ticksPerMs;

/** What came since the last report. `fractionLost` in 1/256. */
export type Interval = { readonly received: number; readonly fractionLost: number };

/**
 * Measures what is received and passes each packet on once. Loss as RFC 3550 appendix A.3 counts it for reports, jitter as
 * appendix A.8; a source that begins anew is measured from its own beginning.
 */
export class Meter {
  /** All that came, copies included. */
  packets = 0;
  bytes = 0;
  /** Came after a packet of a higher number. */
  late = 0;
  /** Had come before. */
  duplicated = 0;
  readonly #moment: Moment;
  readonly #tally: Tally;
  readonly #run = new ArrivingRun();
  #runs = 0;
  /** Which of the last numbers came: each at its place in the run, counted from the first, modulo the window. */
  readonly #came = new Int32Array(windowPackets).fill(neverCame);
  #firstSeq = 0;
  /** The place of the highest number: wraps of the circle are in it. */
  #highest = -1;
  /** Of this run, copies included. */
  #received = 0;
  /** Of this run, each number once. */
  #numbers = 0;
  #expectedBefore = 0;
  #lostBefore = 0;
  #hasTransit = false;
  #transitTicks = 0;
  /** Sixteenths of a tick. */
  #jitter = 0;
  #reportedExpected = 0;
  #reportedReceived = 0;
  constructor(moment: Moment, tally: Tally) {
    this.#moment = moment;
    this.#tally = tally;
  }

  /** Measures; passes on what has not come before. */
  readonly stage: Stage = (next) => (packet) => {
    if (this.#isNews(packet)) next(packet);
  };

  /** The name by which other legs know the present run: another one when the source begins its numbers anew. */
  get innerSsrc(): number {
    return (this.#run.ssrc + Math.imul(this.#runs, farStep)) >>> 0;
  }

  /** The source that is measured now. */
  get ssrc(): number | undefined {
    return this.#run.hasBegun ? this.#run.ssrc : undefined;
  }
  get jitterTicks(): number {
    return this.#jitter >> 4;
  }
  get jitterMs(): number {
    return this.#jitter / 16 / ticksPerMs;
  }
  /** Numbers from each run's first to its highest. */
  get expected(): number {
    return this.#expectedBefore + this.#highest + 1;
  }
  /** Those of them that never came. */
  get lost(): number {
    return this.#lostBefore + this.#highest + 1 - this.#numbers;
  }
  /** Lost of the present run as a report says it: negative when copies outnumber losses. */
  get lostOfRun(): number {
    return this.#highest + 1 - this.#received;
  }
  /** The highest sequence number with its count of wraps in the upper 16 bits. */
  get highestSeq(): number {
    return (this.#firstSeq + this.#highest) >>> 0;
  }
  /** What came since this was last asked. */
  takeInterval(): Interval {
    const expected = this.#highest + 1 - this.#reportedExpected;
    const received = this.#received - this.#reportedReceived;
    this.#reportedExpected = this.#highest + 1;
    this.#reportedReceived = this.#received;
    const lost = Math.max(0, expected - received);
    return { received, fractionLost: lost === 0 ? 0 : Math.min(255, Math.floor((256 * lost) / expected)) };
  }

  #isNews(packet: Uint8Array): boolean {
    this.packets += 1;
    this.bytes += packet.length;
    const step = this.#run.take(packet);
    if (step === elsewhere) this.#begin(packet);
    else if (step > 0) this.#goOn(step);
    this.#received += 1;
    if (step <= 0 && !this.#isNewsAmongOld(this.#highest + step)) return false;
    if (rtp.payloadType(packet) === inner.pcmu) this.#measureJitter(packet);
    return true;
  }
  #begin(packet: Uint8Array): void {
    this.#expectedBefore = this.expected;
    this.#lostBefore = this.lost;
    this.#run.begin(packet);
    this.#runs += 1;
    this.#firstSeq = rtp.seq(packet);
    this.#highest = 0;
    this.#received = 0;
    this.#numbers = 1;
    this.#came.fill(neverCame)[0] = 0;
    this.#hasTransit = false;
    this.#reportedExpected = 0;
    this.#reportedReceived = 0;
  }
  #goOn(step: number): void {
    this.#highest += step;
    this.#numbers += 1;
    this.#came[this.#highest % windowPackets] = this.#highest;
  }
  /** @param place the packet's, counted from the run's first; negative when it is older than that. */
  #isNewsAmongOld(place: number): boolean {
    const at = place & (windowPackets - 1);
    if (this.#came[at] === place) {
      this.duplicated += 1;
      this.#tally.refuse("duplicate");
      return false;
    }
    this.#came[at] = place;
    this.late += 1;
    if (place >= 0) this.#numbers += 1;
    return true;
  }
  /** Of audio only: the packets of a key press share one timestamp (RFC 4733 section 2.5.1). */
  #measureJitter(packet: Uint8Array): void {
    const arrivalTicks = (this.#moment.nowMs * ticksPerMs) >>> 0;
    const transitTicks = ticksDelta(rtp.timestamp(packet), arrivalTicks);
    const step = Math.abs(ticksDelta(this.#transitTicks, transitTicks));
    if (this.#hasTransit && step < mostTransitStepTicks) this.#jitter += step - ((this.#jitter + 8) >> 4);
    this.#hasTransit = true;
    this.#transitTicks = transitTicks;
  }
}
