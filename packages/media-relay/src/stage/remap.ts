import type { Clock } from "../kernel/clock.ts";
import { rtp, rtpHeaderBytes, ticksPerMs } from "../packet/rtp.ts";
import { continuesRun, type Run } from "../packet/run.ts";
import { seqAdd, seqDelta, ticksAdd, ticksDelta } from "../packet/sequence.ts";
import type { Stage } from "./stage.ts";

/** The shortest step between two packets of different sources: one frame of 20 ms. */
const frameTicks = 160;

/** Where an outgoing stream begins; all of it random (RFC 3550 section 5.1). */
export type StreamStart = { readonly ssrc: number; readonly seq: number; readonly timestamp: number };

/**
 * Makes one stream out of whatever comes: one SSRC, sequence numbers without a gap and timestamps in step with time over every
 * change of source, hold and new join (day-one row 8). Loss and reordering within a source are passed on as they are.
 */
export class Remap {
  readonly ssrc: number;
  packets = 0;
  bytes = 0;
  readonly #clock: Clock;
  #run: Run | undefined;
  #seqOffset = 0;
  #ticksOffset = 0;
  #lastSeq: number;
  #lastTicks: number;
  #lastMs: number | undefined;
  constructor(clock: Clock, start: StreamStart) {
    this.#clock = clock;
    this.ssrc = start.ssrc;
    this.#lastSeq = start.seq;
    this.#lastTicks = start.timestamp;
  }

  /** The next packet is that of another source, whatever its SSRC says. */
  restart(): void {
    this.#run = undefined;
  }

  /** Payload octets sent, for the sender report. */
  get octets(): number {
    return this.bytes - this.packets * rtpHeaderBytes;
  }

  /** The stream's timestamp at this moment, for the sender report. */
  timestampAt(nowMs: number): number {
    return ticksAdd(this.#lastTicks, Math.round((nowMs - (this.#lastMs ?? nowMs)) * ticksPerMs));
  }

  /** Rewrites and passes on. The first packet of a source gets the marker when it is audio, RFC 3551 section 4.1. */
  readonly stage =
    (audioType: number): Stage =>
    (next) =>
    (packet) => {
      if (this.#run === undefined || !continuesRun(this.#run, packet)) this.#begin(packet, audioType);
      else if (seqDelta(this.#run.seq, rtp.seq(packet)) > 0) this.#run.seq = rtp.seq(packet);
      this.#rewrite(packet);
      this.packets += 1;
      this.bytes += packet.length;
      next(packet);
    };

  #begin(packet: Uint8Array, audioType: number): void {
    const elapsed = ticksDelta(this.#lastTicks, this.timestampAt(this.#clock.nowMs()));
    this.#run = { ssrc: rtp.ssrc(packet), seq: rtp.seq(packet) };
    this.#seqOffset = seqDelta(rtp.seq(packet), seqAdd(this.#lastSeq, 1));
    this.#ticksOffset = ticksDelta(rtp.timestamp(packet), ticksAdd(this.#lastTicks, Math.max(frameTicks, elapsed)));
    if (rtp.payloadType(packet) === audioType) rtp.setMarker(packet);
  }

  #rewrite(packet: Uint8Array): void {
    const seq = seqAdd(rtp.seq(packet), this.#seqOffset);
    const ticks = ticksAdd(rtp.timestamp(packet), this.#ticksOffset);
    rtp.setSsrc(packet, this.ssrc);
    rtp.setSeq(packet, seq);
    rtp.setTimestamp(packet, ticks);
    if (seqDelta(this.#lastSeq, seq) > 0) this.#lastSeq = seq;
    if (ticksDelta(this.#lastTicks, ticks) <= 0) return;
    this.#lastTicks = ticks;
    this.#lastMs = this.#clock.nowMs();
  }
}
