import type { Clock } from "../kernel/clock.ts";
import type { RandomBytes } from "../kernel/random.ts";
import type { Tally } from "../kernel/refusals.ts";
import {
  makeCompound,
  middleOf,
  ntpOf,
  type OwnReport,
  type Report,
  type ReportBlock,
  readCompound,
  type SenderInfo,
} from "../packet/rtcp.ts";
import { ticksPerMs } from "../packet/rtp.ts";
import type { Meter } from "../stage/meter.ts";
import type { Remap } from "../stage/remap.ts";
import type { PeerReport } from "./leg.ts";
import { reportDelayMs } from "./report-interval.ts";

const unitsPerMs = 65.536;
/** Peers round the delay that they report. */
const roundingMs = 2;

/** The two streams that a reporter reports about. */
export type ReportedStreams = { readonly received: Meter; readonly sent: Remap };

/** What a reporter is made with. `cname` is the endpoint's name in its reports, RFC 3550 section 6.5.1. */
export type ReporterContext = {
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly tally: Tally;
  readonly cname: string;
  send(bytes: Uint8Array): void;
};

/** The reports of ours that a peer can still refer to: of about half a minute. */
const mostOwnSrs = 6;

type OwnSr = { readonly middle: number; readonly atMs: number };
type LastSr = { readonly ssrc: number; readonly middle: number; readonly atMs: number };

/** Writes and reads a leg's RTCP: SR or RR with SDES about every five seconds, BYE at the end; RFC 3550 section 6. */
export class Reporter {
  readonly #context: ReporterContext;
  readonly #streams: ReportedStreams;
  #cancel: (() => void) | undefined;
  #hasReported = false;
  /** Packets sent up to the last report and up to the one before it. */
  #packetsReported: readonly [last: number, before: number] = [0, 0];
  #lastSr: LastSr | undefined;
  /** Newest first. */
  #ownSrs: readonly OwnSr[] = [];
  #peer: PeerReport | undefined;
  #roundTripMs: number | undefined;
  constructor(context: ReporterContext, streams: ReportedStreams) {
    this.#context = context;
    this.#streams = streams;
  }

  /** What the peer last reported of the stream that is sent to it. */
  get peer(): PeerReport | undefined {
    return this.#peer;
  }
  /** RFC 3550 section 6.4.1, from the last of the peer's reports that names a report that we have sent. */
  get roundTripMs(): number | undefined {
    return this.#roundTripMs;
  }

  /** Begins to report; calling it again changes nothing. */
  start(): void {
    this.#cancel ??= this.#arm(true);
  }

  /** Reports no more: the peer does not take reports now. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** Says BYE where anything has been said before, RFC 3550 section 6.3.7. */
  close(): void {
    const isReporting = this.#cancel !== undefined;
    this.stop();
    if (isReporting && (this.#hasReported || this.#streams.sent.packets > 0)) this.#send({ bye: true });
  }

  /** Takes a compound packet of the peer. A BYE ends nothing: calls end by signalling. */
  receive(bytes: Uint8Array): boolean {
    const read = readCompound(bytes);
    if (!read.ok) {
      this.#context.tally.refuse("rtcp-malformed");
      return false;
    }
    for (const report of read.value.reports) this.#hear(report);
    return true;
  }

  #arm(isFirst: boolean): () => void {
    const { clock, random } = this.#context;
    return clock.after(reportDelayMs(random, isFirst), () => {
      this.#send({ bye: false });
      this.#cancel = this.#arm(false);
    });
  }

  #send({ bye }: { readonly bye: boolean }): void {
    this.#hasReported = true;
    this.#context.send(makeCompound({ ...this.#report(this.#context.clock.nowMs()), bye }));
  }

  /** A sender is who has sent since the report before the last one, RFC 3550 section 6.4. */
  #report(nowMs: number): OwnReport {
    const { sent, received } = this.#streams;
    const [last, before] = this.#packetsReported;
    this.#packetsReported = [sent.packets, last];
    const block = received.ssrc === undefined ? undefined : this.#block(received.ssrc, nowMs);
    return {
      ssrc: sent.ssrc,
      cname: this.#context.cname,
      ...(sent.packets > before && { sender: this.#sender(nowMs) }),
      ...(block && { block }),
    };
  }

  #sender(nowMs: number): SenderInfo {
    const { sent } = this.#streams;
    const ntp = ntpOf(nowMs);
    this.#ownSrs = [{ middle: middleOf(ntp), atMs: nowMs }, ...this.#ownSrs.slice(0, mostOwnSrs - 1)];
    return {
      ...ntp,
      timestamp: sent.timestampAt(nowMs),
      packets: sent.packets,
      octets: sent.octets,
    };
  }

  /** None of a source that was not heard since the last report, RFC 3550 section 6.4. */
  #block(ssrc: number, nowMs: number): ReportBlock | undefined {
    const { received: stream } = this.#streams;
    const { received, fractionLost } = stream.takeInterval();
    if (received === 0) return undefined;
    const sr = this.#lastSr?.ssrc === ssrc ? this.#lastSr : undefined;
    return {
      ssrc,
      fractionLost,
      lost: stream.lostOfRun,
      highestSeq: stream.highestSeq,
      jitterTicks: stream.jitterTicks,
      lastSr: sr?.middle ?? 0,
      delaySinceLastSr: sr === undefined ? 0 : Math.round((nowMs - sr.atMs) * unitsPerMs),
    };
  }

  #hear(report: Report): void {
    const nowMs = this.#context.clock.nowMs();
    if (report.sender !== undefined) {
      this.#lastSr = { ssrc: report.ssrc, middle: middleOf(report.sender), atMs: nowMs };
    }
    for (const block of report.blocks) if (block.ssrc === this.#streams.sent.ssrc) this.#hearBlock(block, nowMs);
  }

  #hearBlock(block: ReportBlock, nowMs: number): void {
    this.#peer = {
      lossFraction: block.fractionLost / 256,
      lost: Math.max(0, block.lost),
      jitterMs: block.jitterTicks / ticksPerMs,
    };
    const sr = this.#ownSrs.find(({ middle }) => middle === block.lastSr);
    if (sr === undefined) return;
    const roundTripMs = nowMs - sr.atMs - block.delaySinceLastSr / unitsPerMs;
    if (roundTripMs > -roundingMs) this.#roundTripMs = Math.max(0, roundTripMs);
  }
}
