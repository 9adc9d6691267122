import type { Clock } from "../kernel/clock.ts";
import type { Tally } from "../kernel/refusals.ts";
import {
  makeCompound,
  middleOf,
  ntpOf,
  type OwnReport,
  type Report,
  type ReportBlock,
  readCompound,
} from "../packet/rtcp.ts";
import type { Meter } from "../stage/meter.ts";
import type { Remap } from "../stage/remap.ts";

/** RFC 3550 section 6.2: the least interval between reports. */
const reportEveryMs = 5000;
const unitsPerMs = 65.536;

/** The two streams that a reporter reports about. */
export type ReportedStreams = { readonly received: Meter; readonly sent: Remap };

/** Writes and reads a leg's RTCP: SR or RR with SDES every five seconds, BYE at the end; RFC 3550 section 6. */
export class Reporter {
  readonly #clock: Clock;
  readonly #tally: Tally;
  readonly #streams: ReportedStreams;
  readonly #cname: string;
  readonly #send: (bytes: Uint8Array) => void;
  #cancel: (() => void) | undefined;
  #packetsReported = 0;
  #lastSr: { readonly middle: number; readonly atMs: number } | undefined;
  #peer: { readonly lost: number; readonly jitterTicks: number } = { lost: 0, jitterTicks: 0 };
  #roundTripMs: number | undefined;
  constructor(clock: Clock, tally: Tally, streams: ReportedStreams, cname: string, send: (bytes: Uint8Array) => void) {
    this.#clock = clock;
    this.#tally = tally;
    this.#streams = streams;
    this.#cname = cname;
    this.#send = send;
  }

  /** What the peer last reported of the stream that is sent to it. */
  get peer(): { readonly lost: number; readonly jitterTicks: number } {
    return this.#peer;
  }
  get roundTripMs(): number | undefined {
    return this.#roundTripMs;
  }

  /** Begins to report; calling it again changes nothing. */
  start(): void {
    this.#cancel ??= this.#arm();
  }

  /** Says BYE when reports had begun. */
  close(): void {
    if (this.#cancel === undefined) return;
    this.#cancel();
    this.#cancel = undefined;
    this.#send(makeCompound({ ...this.#report(), bye: true }));
  }

  /** Takes a compound packet of the peer. A BYE ends nothing: calls end by signalling. */
  receive(bytes: Uint8Array): boolean {
    const read = readCompound(bytes);
    if (!read.ok) {
      this.#tally.refuse("rtcp-malformed");
      return false;
    }
    for (const report of read.value.reports) this.#hear(report);
    return true;
  }

  #arm(): () => void {
    return this.#clock.after(reportEveryMs, () => {
      this.#send(makeCompound(this.#report()));
      this.#cancel = this.#arm();
    });
  }

  #report(): OwnReport {
    const { sent, received } = this.#streams;
    const nowMs = this.#clock.nowMs();
    const hasSent = sent.packets > this.#packetsReported;
    this.#packetsReported = sent.packets;
    const sender = {
      ...ntpOf(nowMs),
      timestamp: sent.timestampAt(nowMs),
      packets: sent.packets,
      octets: sent.octets,
    };
    const block = received.ssrc === undefined ? undefined : this.#block(received.ssrc, nowMs);
    return { ssrc: sent.ssrc, cname: this.#cname, ...(hasSent && { sender }), ...(block && { block }) };
  }

  #block(ssrc: number, nowMs: number): ReportBlock {
    const { received } = this.#streams;
    return {
      ssrc,
      fractionLost: received.takeFractionLost(),
      lost: received.lostOfRun,
      highestSeq: received.highestSeq,
      jitterTicks: received.jitterTicks,
      lastSr: this.#lastSr?.middle ?? 0,
      delaySinceLastSr: this.#lastSr === undefined ? 0 : Math.round((nowMs - this.#lastSr.atMs) * unitsPerMs),
    };
  }

  #hear(report: Report): void {
    const nowMs = this.#clock.nowMs();
    if (report.sender !== undefined && report.ssrc === this.#streams.received.ssrc) {
      this.#lastSr = { middle: middleOf(report.sender), atMs: nowMs };
    }
    for (const block of report.blocks) if (block.ssrc === this.#streams.sent.ssrc) this.#hearBlock(block, nowMs);
  }

  #hearBlock(block: ReportBlock, nowMs: number): void {
    this.#peer = { lost: Math.max(0, block.lost), jitterTicks: block.jitterTicks };
    if (block.lastSr === 0) return;
    const units = (middleOf(ntpOf(nowMs)) - block.lastSr - block.delaySinceLastSr) | 0;
    if (units >= 0) this.#roundTripMs = units / unitsPerMs;
  }
}
