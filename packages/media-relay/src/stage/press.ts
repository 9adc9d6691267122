import { ticksPerMs } from "../packet/rtp.ts";
import { ticksAdd, ticksDelta } from "../packet/sequence.ts";

/** An event whose end packets were all lost is over after this much time without an update. */
const lostEndMs = 1000;
/** However slowly a sender updates, its press is over after this much time without an update. */
const slowestUpdateMs = 5000;
/** Late packets of a press are recognised for this long after its last one. */
const memoryMs = 10_000;
/** The longest duration that one packet can state; a longer press has several segments, RFC 4733 section 2.5.1.3. */
export const longestSegmentTicks = 0xffff;
/** A smaller gap between two packets' times is no pause between two presses of a key: 40 ms. */
const leastPauseTicks = 40 * ticksPerMs;

/** What one packet of a press says, RFC 4733 section 2.3. */
export type PressUpdate = {
  readonly ssrc: number;
  readonly seq: number;
  readonly timestamp: number;
  readonly event: number;
  readonly durationTicks: number;
  readonly isEnd: boolean;
};

/** Knows whether a press still gets updates. Some senders update once in several hundred ms: the limit follows them. */
export class UpdatePace {
  #lastMs = 0;
  #longestMs = 0;

  /** The first update of a press. */
  begin(nowMs: number): void {
    this.#lastMs = nowMs;
    this.#longestMs = 0;
  }
  /** A later update. */
  goOn(nowMs: number): void {
    this.#longestMs = Math.max(this.#longestMs, nowMs - this.#lastMs);
    this.#lastMs = nowMs;
  }
  /** Whether the next update is overdue: the end of the press was lost. */
  isOverdue(nowMs: number): boolean {
    return nowMs - this.#lastMs >= Math.max(lostEndMs, Math.min(2 * this.#longestMs, slowestUpdateMs));
  }
  /** Whether not even late packets are expected. */
  isForgotten(nowMs: number): boolean {
    return nowMs - this.#lastMs >= memoryMs;
  }
}

/**
 * One key press and the packets that belong to it. Packets of one press share event, source and timestamp (day-one row 11),
 * but senders depart from that: the timestamp moves with each packet, the duration wraps, or every segment has an end.
 */
export class Press {
  readonly ssrc: number;
  readonly event: number;
  /** Where the press begins on the source's audio timeline. */
  readonly startTicks: number;
  /** The end came, or did not come in time. */
  isOver = false;
  readonly pace = new UpdatePace();
  /** Of the newest packet. */
  #timestamp: number;
  #durationTicks = 0;
  /** From the press's first timestamp to the newest. */
  #movedTicks = 0;
  /** The duration counts from the first timestamp although the timestamps move. */
  #isCumulative = false;
  #wrapsTicks = 0;
  #totalTicks = 0;

  constructor(first: PressUpdate, startTicks: number, nowMs: number) {
    this.ssrc = first.ssrc;
    this.event = first.event;
    this.startTicks = startTicks;
    this.#timestamp = first.timestamp;
    this.pace.begin(nowMs);
  }

  /** How long the key has been down. */
  get totalTicks(): number {
    return this.#totalTicks;
  }
  /** Where the next press can begin so that a listener notices the pause. */
  get earliestNextTicks(): number {
    return ticksAdd(this.startTicks, this.#totalTicks + leastPauseTicks);
  }

  /** Whether an update is of this press. @param isLate it was sent before the newest update of any press */
  owns(update: PressUpdate, isLate: boolean): boolean {
    if (update.ssrc !== this.ssrc || update.event !== this.event) return false;
    const offset = this.#movedTicks + ticksDelta(this.#timestamp, update.timestamp);
    if (offset < 0) return false;
    if (offset === this.#movedTicks) return isLate || !this.#isRepeatedBy(update);
    return offset < this.#spanTicks || (!isLate && this.#isContinuedBy(update, offset));
  }

  /** Takes an update that it owns. */
  update(update: PressUpdate, isLate: boolean, nowMs: number): void {
    if (isLate) return;
    this.pace.goOn(nowMs);
    const step = ticksDelta(this.#timestamp, update.timestamp);
    if (step > 0) this.#move(update, step);
    else if (step === 0 && this.#durationTicks - update.durationTicks > 0x8000) this.#wrapsTicks += 0x1_0000;
    this.#durationTicks = update.durationTicks;
    this.#totalTicks = Math.max(this.#totalTicks, this.#ticksOf(update.durationTicks));
  }

  /** The timestamp and duration by which a listener knows the press: of its present segment. */
  get segment(): { readonly timestamp: number; readonly durationTicks: number } {
    const whole = Math.max(0, Math.ceil(this.#totalTicks / longestSegmentTicks) - 1) * longestSegmentTicks;
    return { timestamp: ticksAdd(this.startTicks, whole), durationTicks: this.#totalTicks - whole };
  }

  get #spanTicks(): number {
    return this.#isCumulative ? Math.max(this.#totalTicks, this.#movedTicks) : this.#totalTicks;
  }
  #ticksOf(durationTicks: number): number {
    return (this.#isCumulative ? 0 : this.#movedTicks) + this.#wrapsTicks + durationTicks;
  }

  #move(update: PressUpdate, step: number): void {
    this.#isCumulative ||= update.durationTicks > this.#durationTicks && step < longestSegmentTicks;
    this.#movedTicks += step;
    this.#timestamp = update.timestamp;
  }

  /** The same key once more, by a sender that gives several presses one timestamp. */
  #isRepeatedBy({ isEnd, durationTicks }: PressUpdate): boolean {
    return this.isOver && !isEnd && durationTicks < this.#durationTicks;
  }

  /** A segment begins where the one before it ends. Nobody releases a key and presses it again within one tick. */
  #isContinuedBy({ durationTicks, isEnd }: PressUpdate, offset: number): boolean {
    const gap = offset - this.#spanTicks;
    if (gap === 0 || (gap < leastPauseTicks && (isEnd || !this.isOver))) return true;
    const step = offset - this.#movedTicks;
    const isAsLong = step === longestSegmentTicks || durationTicks - this.#durationTicks === step;
    return !this.isOver && isAsLong;
  }
}
