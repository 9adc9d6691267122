import type { Moment } from "../kernel/moment.ts";
import { inner } from "../packet/payload-types.ts";
import { rtp, ticksPerMs } from "../packet/rtp.ts";
import { maxMisorder } from "../packet/run.ts";
import { seqDelta, ticksAdd, ticksDelta } from "../packet/sequence.ts";
import { digitOf, setDurationTicks, telephoneEvent } from "../packet/telephone-event.ts";
import { Press, type PressUpdate } from "./press.ts";
import type { Stage } from "./stage.ts";

/** Reports one key press: the key and how long it was held. */
export type OnDigit = (digit: string, durationMs: number) => void;

/** Packets of this many presses can arrive mixed. */
const mostPresses = 8;
/** A press that begins further than this from its source's audio has a timestamp of another timeline. */
const mostOffTicks = 500 * ticksPerMs;
/** A packet overtaken by a later one arrives within this time after it. */
const longestLateMs = 1000;

/**
 * Decides which packets are of one key press, RFC 4733. Reports each press once, and passes its packets on in one form: one
 * timestamp on the audio's timeline and a growing duration, however the source numbers them. What follows need not ask again.
 */
export class DigitWatch {
  readonly #moment: Moment;
  readonly #onDigit: OnDigit;
  /** Newest first. */
  #presses: readonly Press[] = [];
  #ssrc = 0;
  /** The number of the newest update, and when it came. */
  #seq = 0;
  #updatedAtMs = 0;
  /** The newest timestamp of the source's timeline, and when it came. */
  #ticks: number | undefined;
  #ticksAtMs = 0;
  constructor(moment: Moment, onDigit: OnDigit) {
    this.#moment = moment;
    this.#onDigit = onDigit;
  }

  readonly stage: Stage = (next) => (packet) => {
    const type = rtp.payloadType(packet);
    if (type === inner.pcmu) this.#follow(rtp.ssrc(packet), rtp.timestamp(packet));
    else if (type === inner.telephoneEvent && !this.#hear(packet)) rtp.setPayloadType(packet, inner.unheard);
    next(packet);
  };

  /** Reports a press whose end never came. To be called now and then. */
  sweep(nowMs: number): void {
    for (const press of this.#presses) if (press.pace.isOverdue(nowMs)) this.#report(press);
    if (this.#presses.some(({ pace }) => pace.isForgotten(nowMs))) {
      this.#presses = this.#presses.filter(({ pace }) => !pace.isForgotten(nowMs));
    }
  }

  #follow(ssrc: number, ticks: number): void {
    this.#ssrc = ssrc;
    this.#ticks = ticks;
    this.#ticksAtMs = this.#moment.nowMs;
  }

  /** Whether the packet, in its new form, says something of a press; not what is late and of no press that is known. */
  #hear(packet: Uint8Array): boolean {
    const update = updateOf(packet);
    const isLate = this.#isLate(update);
    const press = this.#pressOf(update, isLate);
    if (press === undefined) return false;
    if (!isLate) [this.#seq, this.#updatedAtMs] = [update.seq, this.#moment.nowMs];
    press.update(update, isLate, this.#moment.nowMs);
    rewrite(packet, press);
    if (update.isEnd) this.#report(press);
    return true;
  }

  /** Whether it was sent before the newest update. Numbers that are far lower, or lower after a pause, have begun anew. */
  #isLate({ ssrc, seq }: PressUpdate): boolean {
    const step = seqDelta(this.#seq, seq);
    const isSoon = this.#moment.nowMs - this.#updatedAtMs < longestLateMs;
    return this.#presses[0]?.ssrc === ssrc && isSoon && step < 0 && step > -maxMisorder;
  }

  #pressOf(update: PressUpdate, isLate: boolean): Press | undefined {
    const known = this.#presses.find((press) => press.owns(update, isLate));
    return known === undefined && !isLate ? this.#begin(update) : known;
  }

  #begin(update: PressUpdate): Press {
    for (const press of this.#presses) this.#report(press);
    const start = this.#startOf(update);
    const press = new Press(update, start, this.#moment.nowMs);
    this.#presses = [press, ...this.#presses.slice(0, mostPresses - 1)];
    this.#follow(update.ssrc, start);
    return press;
  }

  /** Where the press begins on the timeline of its source: where it says, unless that cannot be. */
  #startOf({ ssrc, timestamp }: PressUpdate): number {
    if (this.#ticks === undefined || ssrc !== this.#ssrc) return timestamp;
    const elapsed = (this.#moment.nowMs - this.#ticksAtMs) * ticksPerMs;
    const step = ticksDelta(this.#ticks, timestamp);
    const isOff = step < -mostOffTicks || step > elapsed + mostOffTicks;
    const last = this.#presses.find((press) => press.ssrc === ssrc);
    const isTaken = last !== undefined && isSoonAfter(timestamp, last.startTicks);
    if (!isOff && !isTaken) return timestamp;
    const start = ticksAdd(this.#ticks, elapsed);
    return last !== undefined && isSoonAfter(start, last.earliestNextTicks) ? last.earliestNextTicks : start;
  }

  #report(press: Press): void {
    if (press.isOver) return;
    press.isOver = true;
    const digit = digitOf(press.event);
    if (digit !== undefined) this.#onDigit(digit, Math.round(press.totalTicks / ticksPerMs));
  }
}

const updateOf = (packet: Uint8Array): PressUpdate => ({
  ssrc: rtp.ssrc(packet),
  seq: rtp.seq(packet),
  timestamp: rtp.timestamp(packet),
  event: telephoneEvent.event(packet),
  durationTicks: telephoneEvent.durationTicks(packet),
  isEnd: telephoneEvent.isEnd(packet),
});

/** Whether the second time is the first, or soon after it; times further apart are of different timelines. */
const isSoonAfter = (first: number, second: number): boolean => {
  const step = ticksDelta(first, second);
  return step >= 0 && step < 2 * mostOffTicks;
};

function rewrite(packet: Uint8Array, press: Press): void {
  const { timestamp, durationTicks } = press.segment;
  rtp.setTimestamp(packet, timestamp);
  setDurationTicks(packet, durationTicks);
}
