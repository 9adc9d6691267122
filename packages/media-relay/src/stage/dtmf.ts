import type { Moment } from "../kernel/moment.ts";
import { inner } from "../packet/payload-types.ts";
import { rtp, ticksPerMs } from "../packet/rtp.ts";
import { ticksDelta } from "../packet/sequence.ts";
import { digitOf, telephoneEvent } from "../packet/telephone-event.ts";
import type { Stage } from "./stage.ts";

/** Hears of one key press: the key and how long it was held. */
export type OnDigit = (digit: string, durationMs: number) => void;

/** An event whose end packets were all lost is over when nothing of it came for so long. */
export const lostEndMs = 500;
/** So long after a press its late packets may still come; later its timestamp says nothing about the next one. */
export const memoryMs = 5000;
const longestSegmentTicks = 0xffff;

/** One key press. Its identity is the source and the timestamp, never the marker bit (day-one row 11). */
type Press = {
  readonly ssrc: number;
  readonly event: number;
  timestamp: number;
  /** Of the segments that are over; a press longer than 65535 ticks has several, RFC 4733 section 2.5.1.3. */
  earlierTicks: number;
  durationTicks: number;
  lastAtMs: number;
  isReported: boolean;
};

/** Reports each key press once; passes every packet on as it is. */
export class DigitWatch {
  readonly #moment: Moment;
  readonly #onDigit: OnDigit;
  #press: Press | undefined;
  constructor(moment: Moment, onDigit: OnDigit) {
    this.#moment = moment;
    this.#onDigit = onDigit;
  }

  readonly stage: Stage = (next) => (packet) => {
    if (rtp.payloadType(packet) === inner.telephoneEvent) this.#hear(packet);
    next(packet);
  };

  /** Reports a press whose end never came. To be called now and then. */
  sweep(nowMs: number): void {
    if (this.#press === undefined) return;
    const quietMs = nowMs - this.#press.lastAtMs;
    if (quietMs >= lostEndMs) this.#report(this.#press);
    if (quietMs >= memoryMs) this.#press = undefined;
  }

  #hear(packet: Uint8Array): void {
    const press = this.#pressOf(packet);
    if (press === undefined) return;
    press.durationTicks = Math.max(press.durationTicks, telephoneEvent.durationTicks(packet));
    press.lastAtMs = this.#moment.nowMs;
    if (telephoneEvent.isEnd(packet)) this.#report(press);
  }

  /** The press that the packet belongs to; `undefined` when it is a late packet of an earlier one. */
  #pressOf(packet: Uint8Array): Press | undefined {
    const press = this.#press;
    if (press === undefined || press.ssrc !== rtp.ssrc(packet)) return this.#begin(packet);
    const step = ticksDelta(press.timestamp, rtp.timestamp(packet));
    if (step < 0) return undefined;
    if (step === 0) return press;
    return isNextSegment(press, packet, step) ? nextSegment(press, packet, step) : this.#begin(packet);
  }

  #begin(packet: Uint8Array): Press {
    if (this.#press !== undefined) this.#report(this.#press);
    this.#press = {
      ssrc: rtp.ssrc(packet),
      event: telephoneEvent.event(packet),
      timestamp: rtp.timestamp(packet),
      earlierTicks: 0,
      durationTicks: 0,
      lastAtMs: 0,
      isReported: false,
    };
    return this.#press;
  }

  #report(press: Press): void {
    const digit = digitOf(press.event);
    if (press.isReported) return;
    press.isReported = true;
    if (digit !== undefined) this.#onDigit(digit, Math.round((press.earlierTicks + press.durationTicks) / ticksPerMs));
  }
}

/**
 * A segment begins in the very tick in which the one before it ends: nobody lets go of a key and presses it again within one.
 * So a sender that marks the end of every segment is not heard twice either.
 */
function isNextSegment(press: Press, packet: Uint8Array, step: number): boolean {
  if (telephoneEvent.event(packet) !== press.event) return false;
  return step === press.durationTicks || (!press.isReported && step === longestSegmentTicks);
}

function nextSegment(press: Press, packet: Uint8Array, step: number): Press {
  press.earlierTicks += step;
  press.durationTicks = 0;
  press.timestamp = rtp.timestamp(packet);
  return press;
}
