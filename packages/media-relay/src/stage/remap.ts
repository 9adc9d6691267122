import type { Moment } from "../kernel/moment.ts";
import type { Tally } from "../kernel/refusals.ts";
import { Numbering } from "../packet/numbering.ts";
import { makeRtp, rtp, rtpHeaderBytes, ticksPerMs } from "../packet/rtp.ts";
import { elsewhere } from "../packet/run.ts";
import { ticksAdd, ticksDelta } from "../packet/sequence.ts";
import { longestSegmentTicks } from "./press.ts";
import type { Sink, Stage } from "./stage.ts";

/** The shortest step between two packets of different sources: one frame of 20 ms. */
const frameTicks = 160;
/** A source whose timestamps leap this far ahead of time has set its clock. */
const mostAheadTicks = 1000 * ticksPerMs;
const mostPressAheadTicks = 10_000 * ticksPerMs;
/** Nor does a press begin, or a packet come, later than this. */
const mostLateTicks = 2000 * ticksPerMs;

/** Where an outgoing stream begins; all of it random (RFC 3550 section 5.1). */
export type StreamStart = { readonly ssrc: number; readonly seq: number; readonly timestamp: number };

/**
 * Makes one stream out of whatever comes: one SSRC, sequence numbers without a gap and timestamps in step with time over every
 * change of source, hold and new join (day-one row 8). Loss and reordering within a source are passed on as they are, but no
 * number is sent twice: what is older than its source's beginning here is refused. The audio's timestamps only grow.
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
  #lastAudioTicks: number;
  /** The newest press: its source's name and timestamp, and the timestamp that it has in the stream. */
  #press: { readonly ssrc: number; readonly ticks: number; readonly timestamp: number } | undefined;
  /** @param onBegin hears when another source begins, before its first packet has its number. */
  constructor(moment: Moment, tally: Tally, start: StreamStart, onBegin: () => void = () => {}) {
    this.#moment = moment;
    this.#tally = tally;
    this.#onBegin = onBegin;
    this.ssrc = start.ssrc;
    this.#numbers = new Numbering(start.seq);
    this.#lastTicks = start.timestamp;
    this.#lastMs = moment.nowMs;
    this.#lastAudioTicks = start.timestamp;
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
      if (!this.#place(packet, rtp.payloadType(packet) === audioType)) return this.#tally.refuse("too-late");
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

  /** Gives the packet its number and timestamp in the stream; not when it is too old to have them. */
  #place(packet: Uint8Array, isAudio: boolean): boolean {
    const step = this.#numbers.stepTo(packet);
    if (step === elsewhere) this.#begin(packet, isAudio);
    else if (step <= 0 && isAudio && !this.#isLate(packet)) return false;
    else if (!this.#numbers.renumber(packet, step)) return false;
    else if (isAudio && step > 0 && this.#leaps(packet)) this.#shift(packet, isAudio);
    rtp.setTimestamp(packet, isAudio ? this.#timeOf(packet) : this.#timeOfPress(packet));
    this.#follow(rtp.timestamp(packet), isAudio);
    return true;
  }

  #timeOf(packet: Uint8Array): number {
    return ticksAdd(rtp.timestamp(packet), this.#ticksOffset);
  }
  #audioStep(packet: Uint8Array): number {
    return ticksDelta(this.#lastAudioTicks, this.#timeOf(packet));
  }

  /** A packet that others overtook is a little older than the newest; anything else under an old number has another clock. */
  #isLate(packet: Uint8Array): boolean {
    const step = this.#audioStep(packet);
    return step < 0 && step > -mostLateTicks;
  }

  /** Audio that goes on in numbers but not in time: its source has set its clock. To a listener that is another source. */
  #leaps(packet: Uint8Array): boolean {
    return this.#audioStep(packet) <= 0 || this.#isAhead(this.#timeOf(packet), mostAheadTicks);
  }
  #isAhead(ticks: number, most: number): boolean {
    const elapsed = (this.#moment.nowMs - this.#lastMs) * ticksPerMs;
    return ticksDelta(this.#lastTicks, ticks) - elapsed > most;
  }

  #begin(packet: Uint8Array, isAudio: boolean): void {
    this.#onBegin();
    this.#numbers.begin(packet);
    this.#shift(packet, isAudio);
  }

  /** The packet's time is now. Older ones of its source have another distance to it, and no place any more. */
  #shift(packet: Uint8Array, isAudio: boolean): void {
    this.#numbers.forgetOlder();
    this.#ticksOffset = ticksDelta(rtp.timestamp(packet), this.#nextTicks);
    if (isAudio) rtp.setMarker(packet);
  }

  /** Now, at least a frame after what came before. */
  get #nextTicks(): number {
    const elapsed = ticksDelta(this.#lastTicks, this.timestampAt(this.#moment.nowMs));
    return ticksAdd(this.#lastTicks, Math.max(frameTicks, elapsed));
  }

  /** The packets of a press keep one timestamp, whatever becomes of the audio between them; its next segment follows on. */
  #timeOfPress(packet: Uint8Array): number {
    const [ssrc, ticks] = [rtp.ssrc(packet), rtp.timestamp(packet)];
    const known = this.#press?.ssrc === ssrc ? this.#press : undefined;
    const step = known && ticksDelta(known.ticks, ticks);
    if (known === undefined || (step !== 0 && step !== longestSegmentTicks)) {
      this.#press = { ssrc, ticks, timestamp: this.#plausible(this.#timeOf(packet)) };
    } else if (step > 0) this.#press = { ssrc, ticks, timestamp: ticksAdd(known.timestamp, step) };
    return this.#press!.timestamp;
  }
  #plausible(ticks: number): number {
    const isBack = ticksDelta(this.#lastTicks, ticks) < -mostLateTicks;
    return isBack || this.#isAhead(ticks, mostPressAheadTicks) ? this.#nextTicks : ticks;
  }

  #follow(ticks: number, isAudio: boolean): void {
    if (isAudio && ticksDelta(this.#lastAudioTicks, ticks) > 0) this.#lastAudioTicks = ticks;
    if (ticksDelta(this.#lastTicks, ticks) <= 0) return;
    this.#lastTicks = ticks;
    this.#lastMs = this.#moment.nowMs;
  }
}
