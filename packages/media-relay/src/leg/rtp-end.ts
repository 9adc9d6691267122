import { firstSeq, type RandomBytes, random32, randomHex } from "../kernel/random.ts";
import type { PayloadTypes } from "../packet/payload-types.ts";
import { rtp } from "../packet/rtp.ts";
import { DigitWatch } from "../stage/dtmf.ts";
import { KeyRelease } from "../stage/key-release.ts";
import { Merge } from "../stage/merge.ts";
import { Meter } from "../stage/meter.ts";
import { Receiver } from "../stage/observe.ts";
import { fromAgreed, toAgreed } from "../stage/payload-types.ts";
import { Remap, type StreamStart } from "../stage/remap.ts";
import { sourceLock } from "../stage/source-lock.ts";
import { pipeline, refuse, type Sink } from "../stage/stage.ts";
import { wellFormed } from "../stage/well-formed.ts";
import { KeyPad } from "./key-pad.ts";
import {
  type Direction,
  type JoinEnd,
  type LegContext,
  type LegStatistics,
  mayReceive,
  maySend,
  type ReceivedStatistics,
  type SentStatistics,
} from "./leg.ts";
import { oneWayMs, type Quality, qualityOf } from "./quality.ts";
import { Reporter } from "./reporter.ts";
import { type Silence, type SilenceNotice, SilenceWatch } from "./silence.ts";

/** What the SDP agreed about a stream. */
export type Agreement = {
  readonly send: PayloadTypes;
  readonly receive: PayloadTypes;
  readonly direction: Direction;
  /** Whether the peer takes reports; default true. */
  readonly hasReports?: boolean;
};

/** How packets leave for the peer, and what an endpoint is told of its stream. */
export type Wire = {
  rtp(packet: Uint8Array): void;
  rtcp(bytes: Uint8Array): void;
  /** The first packet of the peer was accepted. */
  onFirstPacket?(): void;
  /** The SSRC of what is sent, when the SDP named it already. */
  readonly ssrc?: number;
};

/** The RTP endpoint that every leg with a peer has: a stream in, a stream out, and the reports about both. */
export class RtpEnd {
  /** Takes what is to be sent to the peer. */
  readonly send: Sink = (packet) => this.#out(packet);
  /** Takes RTP of the peer whose sender has been checked. */
  readonly receive: Sink = (packet) => {
    this.#context.moment.mark();
    this.#in(packet);
  };
  readonly #context: LegContext;
  readonly #wire: Wire;
  readonly #meter: Meter;
  readonly #merge: Merge;
  readonly #remap: Remap;
  readonly #release: KeyRelease;
  readonly #pad: KeyPad;
  readonly #digits: DigitWatch;
  readonly #receiver: Receiver;
  readonly #reporter: Reporter;
  readonly #silence: SilenceWatch;
  readonly #ended: Sink;
  #direction: Direction | undefined;
  #isSilent = false;
  #in: Sink;
  #out: Sink;
  #target: Sink;
  /** The end that this one is joined to, and the last round trip that was measured there. */
  #beyond: JoinEnd | undefined;
  #beyondMs: number | undefined;
  constructor(context: LegContext, wire: Wire) {
    const { moment, random, tally, reports } = context;
    this.#context = context;
    this.#wire = wire;
    this.#meter = new Meter(moment, tally);
    this.#merge = new Merge(tally);
    this.#remap = new Remap(moment, tally, startOf(random, wire.ssrc), () => this.#release.finish());
    this.#release = new KeyRelease(moment, this.#remap);
    this.#pad = new KeyPad(context.clock, this.#remap, (packet) => wire.rtp(packet));
    this.#digits = new DigitWatch(moment, (digit, durationMs) => reports.onDigit(digit, durationMs));
    this.#receiver = new Receiver(moment, (isFirst) => this.#onNews(isFirst));
    this.#silence = new SilenceWatch(context.policy.silence);
    const streams = { received: this.#meter, sent: this.#remap };
    const cname = randomHex(random, 8);
    this.#reporter = new Reporter({ ...context, cname, send: (bytes) => wire.rtcp(bytes) }, streams);
    this.#in = refuse(tally, "not-connected");
    this.#out = refuse(tally, "peer-not-connected");
    this.#ended = refuse(tally, "not-joined");
    this.#target = this.#ended;
  }

  /** Binds both ways anew; streams and counters go on. */
  agree(agreement: Agreement): void {
    const { direction, send, hasReports = true } = agreement;
    if (!maySend(direction) || send.telephoneEvent === undefined) this.#release.finish();
    this.#in = this.#bindIn(agreement);
    if (!maySend(direction)) this.#pad.stop();
    this.#out = maySend(direction) ? this.#bindOut(agreement) : this.#refuseAll("peer-not-receiving");
    if (this.#direction !== undefined && !maySend(this.#direction)) this.#remap.restart();
    this.#direction = direction;
    this.#receiver.expect(mayReceive(direction));
    this.#silence.expect(this.#context.clock.nowMs(), this.#phase());
    if (hasReports) this.#reporter.start();
    else this.#reporter.stop();
  }

  /** The peer cannot be reached any more; `agree` binds anew when it can. */
  interrupt(): void {
    this.#out = this.#refuseAll("peer-not-connected");
    this.#release.forget();
    this.#pad.stop();
    this.#remap.restart();
  }

  /** Takes RTCP of the peer whose sender has been checked. Where audio is expected, reports without it are no sign of life. */
  receiveRtcp(bytes: Uint8Array): void {
    if (!this.#reporter.receive(bytes) || this.#phase() !== "on-hold") return;
    this.#silence.heard(this.#context.clock.nowMs());
    this.#endSilence();
  }

  /** Presses a key towards the peer; false when it takes none now. */
  press(event: number, durationMs: number): boolean {
    this.#release.finish();
    return this.#pad.press(event, durationMs);
  }

  /** Between the relay and the peer. */
  get roundTripMs(): number | undefined {
    return this.#reporter.roundTripMs;
  }

  joinTo(target: Sink | undefined, end?: JoinEnd): void {
    this.#beyondMs = this.#roundTripBeyondMs;
    this.#beyond = end;
    this.#target = target ?? this.#ended;
    this.#release.finish();
    this.#remap.restart();
  }

  sweep(nowMs: number): SilenceNotice | undefined {
    this.#digits.sweep(nowMs);
    this.#release.sweep(nowMs);
    if (this.#receiver.lastMs !== undefined) this.#silence.heard(this.#receiver.lastMs);
    const notice = this.#silence.check(nowMs);
    if (notice !== undefined) this.#listen();
    return notice;
  }

  /** What was not heard so far does not count: the silence begins now. */
  expectMedia(): void {
    this.#silence.heard(this.#context.clock.nowMs());
  }

  statistics(kind: LegStatistics["kind"]): LegStatistics {
    const { roundTripMs } = this.#reporter;
    return {
      leg: this.#context.id,
      kind,
      received: this.#received(),
      sent: this.#sent(),
      ...(roundTripMs !== undefined && { roundTripMs }),
    };
  }

  /** Says goodbye to the peer and takes nothing more. */
  close(): void {
    this.#pad.stop();
    this.#reporter.close();
    this.#in = this.#refuseAll("not-connected");
    this.#out = this.#refuseAll("peer-not-connected");
    this.#target = this.#ended;
  }

  #phase(): Silence["phase"] {
    // A peer that only sends has put us on hold: many send no music.
    if (this.#direction !== undefined && this.#direction !== "sendrecv") return "on-hold";
    return this.#receiver.lastMs === undefined ? "before-first-packet" : "in-talk";
  }

  #listen(): void {
    this.#isSilent = true;
    this.#receiver.tellNext();
  }

  #endSilence(): void {
    if (this.#isSilent) this.#context.reports.onHeard();
    this.#isSilent = false;
  }

  /** The first packet, or the first after a silence that was told of. */
  #onNews(isFirst: boolean): void {
    this.#endSilence();
    if (!isFirst) return;
    this.#silence.expect(this.#context.clock.nowMs(), this.#phase());
    this.#wire.onFirstPacket?.();
  }

  #received(): ReceivedStatistics {
    const { packets, bytes, lost, late, duplicated, jitterMs, expected } = this.#meter;
    const longestGapMs = this.#receiver.longestGapMs(this.#context.clock.nowMs());
    const counts = { packets, bytes, lost, late, duplicated, jitterMs, longestGapMs };
    return packets === 0 ? counts : { ...counts, quality: this.#quality(lost / expected, jitterMs) };
  }

  #sent(): SentStatistics {
    const { packets, bytes } = this.#remap;
    const { peer } = this.#reporter;
    if (peer === undefined) return { packets, bytes };
    if (packets === 0) return { packets, bytes, peer };
    return { packets, bytes, peer, quality: this.#quality(Math.min(1, peer.lost / packets), peer.jitterMs) };
  }

  #quality(lossFraction: number, jitterMs: number): Quality {
    const { concealment } = this.#context.policy;
    const roundTripMs = (this.roundTripMs ?? 0) + (this.#roundTripBeyondMs ?? 0);
    return qualityOf({ lossFraction, oneWayMs: oneWayMs(roundTripMs, jitterMs), concealment });
  }

  /** Between the relay and the one whom the peer talks with, or has talked with last. */
  get #roundTripBeyondMs(): number | undefined {
    return this.#beyond?.roundTripMs ?? this.#beyondMs;
  }

  /** On hold too what comes is measured: it is no loss, and a sign of life. */
  #bindIn({ receive, send, direction }: Agreement): Sink {
    const { tally } = this.#context;
    const refused = this.#refuseAll("direction");
    const { source, keys } = mayReceive(direction) ? this.#inward() : { source: refused, keys: refused };
    const stages = [
      wellFormed(tally),
      fromAgreed(receive, send, tally),
      sourceLock(this.#context.moment, tally, this.#receiver.stage(keys)),
      this.#meter.stage,
      this.#receiver.stage,
    ];
    return pipeline(stages, source);
  }

  /** Takes the packets of the source, and key presses of another one beside it, to the joined leg. */
  #inward(): { readonly source: Sink; readonly keys: Sink } {
    const pass: Sink = (packet) => {
      this.#context.tally.packets += 1;
      this.#target(packet);
    };
    const named = (next: Sink): Sink => this.#digits.stage(this.#nameInner(next));
    return { source: named(this.#merge.stage(pass)), keys: named(this.#merge.insert(pass)) };
  }

  #nameInner(next: Sink): Sink {
    return (packet) => {
      rtp.setSsrc(packet, this.#meter.innerSsrc);
      next(packet);
    };
  }

  #bindOut(agreement: Agreement): Sink {
    const { send } = agreement;
    const stages = [
      this.#pad.stage(send.telephoneEvent),
      toAgreed(send, this.#context.tally, this.#remap.omit),
      this.#remap.stage(send.pcmu),
      this.#release.stage(send.telephoneEvent),
    ];
    return pipeline(stages, (packet) => this.#wire.rtp(packet));
  }

  #refuseAll(reason: "direction" | "peer-not-receiving" | "not-connected" | "peer-not-connected"): Sink {
    return refuse(this.#context.tally, reason);
  }
}

/**
 * A random beginning, RFC 3550 section 5.1. The number stays below 2^15: a receiver that misses the first packets cannot
 * mistake how often the numbers have wrapped, which SRTP depends on (RFC 3711 section 3.3.1).
 */
const startOf = (random: RandomBytes, ssrc = random32(random)): StreamStart => ({
  ssrc,
  seq: firstSeq(random) >>> 1,
  timestamp: random32(random),
});
