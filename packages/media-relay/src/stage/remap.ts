import type { Moment } from "../kernel/moment.ts";
import type { Tally } from "../kernel/refusals.ts";
import { Numbering } from "../packet/numbering.ts";
import { makeRtp, rtp, rtpHeaderBytes, ticksPerMs } from "../packet/rtp.ts";
import { elsewhere } from "../packet/run.ts";
import { ticksAdd, ticksDelta } from "../packet/sequence.ts";
import type { Sink, Stage } from "./stage.ts";

/** The shortest step between two packets of different sources: one frame of 20 ms. */
const frameTicks = 160;
/** A source whose timestamps leap so far back, or so far ahead of time, has set its clock: to a listener it is another one. */
const mostBackTicks = 1000 * ticksPerMs;
const mostAheadTicks = 10_000 * ticksPerMs;

/** Where an outgoing stream begins; all of it random (RFC 3550 section 5.1). */
export type StreamStart = { readonly ssrc: number; readonly seq: number; readonly timestamp: number };

/**
 * Makes one stream out of whatever comes: one SSRC, sequence numbers without a gap and timestamps in step with time over every
 * change of source, hold and new join (day-one row 8). Loss and reordering within a source are passed on as they are, but no
 * number is sent twice: what is older than its source's beginning here is refused.
 */
export class Remap {
  readonly ssrc: number;
  packets = 0;
  bytes = 0;
  readonly #moment: Moment;
  readonly #tally: Tally;
  readonly #onBegin: () => void;
  readonly #numbers: Numbering;
  #ticksOffset = 0;
  #lastTicks: number;
  #lastMs: number;
  /** @param onBegin hears when another source begins, before its first packet has its number. */
  constructor(moment: Moment, tally: Tally, start: StreamStart, onBegin: () => void = () => {}) {
    this.#moment = moment;
    this.#tally = tally;
    this.#onBegin = onBegin;
    this.ssrc = start.ssrc;
    this.#numbers = new Numbering(start.seq);
    this.#lastTicks = start.timestamp;
    this.#lastMs = moment.nowMs;
  }

  /** The next packet is that of another source, whatever its SSRC says. */
  restart(): void {
    this.#numbers.end();
  }

  /** Payload octets sent, for the sender report. */
  get octets(): number {
    return this.bytes - this.packets * rtpHeaderBytes;
  }

  /** The stream's timestamp at this moment, for the sender report. */
  timestampAt(nowMs: number): number {
    return ticksAdd(this.#lastTicks, Math.round((nowMs - this.#lastMs) * ticksPerMs));
  }

  /** Rewrites and passes on. The first packet of a source gets the marker when it is audio, RFC 3551 section 4.1. */
  readonly stage =
    (audioType: number): Stage =>
    (next) =>
    (packet) => {
      if (!this.#place(packet, audioType)) return this.#tally.refuse("too-late");
      rtp.setSsrc(packet, this.ssrc);
      this.#count(packet);
      next(packet);
    };

  /** The packet will not be sent: the numbers go on as if it had never been. */
  readonly omit: Sink = (packet) => this.#numbers.omit(packet);

  /** A packet of our own with the stream's next number. */
  make(payloadType: number, timestamp: number, payload: Uint8Array): Uint8Array {
    const packet = makeRtp({ payloadType, seq: this.#numbers.take(), timestamp, ssrc: this.ssrc }, payload);
    this.#count(packet);
    return packet;
  }

  #count(packet: Uint8Array): void {
    this.packets += 1;
    this.bytes += packet.length;
  }

  /** Gives the packet its number and timestamp in the stream; not when it is too old to have a number. */
  #place(packet: Uint8Array, audioType: number): boolean {
    const step = this.#numbers.stepTo(packet);
    if (step === elsewhere || (step > 0 && this.#leaps(packet, audioType))) this.#begin(packet, audioType);
    else if (!this.#numbers.renumber(packet, step)) return false;
    this.#translateTime(packet);
    return true;
  }

  #leaps(packet: Uint8Array, audioType: number): boolean {
    const step = ticksDelta(this.#lastTicks, ticksAdd(rtp.timestamp(packet), this.#ticksOffset));
    if (step > -mostBackTicks && step < mostAheadTicks) return false;
    const elapsed = (this.#moment.nowMs - this.#lastMs) * ticksPerMs;
    return rtp.payloadType(packet) === audioType && (step < 0 || step - elapsed > mostAheadTicks);
  }

  #begin(packet: Uint8Array, audioType: number): void {
    this.#onBegin();
    this.#numbers.begin(packet);
    const elapsed = ticksDelta(this.#lastTicks, this.timestampAt(this.#moment.nowMs));
    this.#ticksOffset = ticksDelta(rtp.timestamp(packet), ticksAdd(this.#lastTicks, Math.max(frameTicks, elapsed)));
    if (rtp.payloadType(packet) === audioType) rtp.setMarker(packet);
  }

  #translateTime(packet: Uint8Array): void {
    const ticks = ticksAdd(rtp.timestamp(packet), this.#ticksOffset);
    rtp.setTimestamp(packet, ticks);
    if (ticksDelta(this.#lastTicks, ticks) <= 0) return;
    this.#lastTicks = ticks;
    this.#lastMs = this.#moment.nowMs;
  }
}
