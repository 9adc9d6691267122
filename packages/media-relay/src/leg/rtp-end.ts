import { firstSeq, random32, randomHex } from "../kernel/random.ts";
import type { PayloadTypes } from "../packet/payload-types.ts";
import { ticksPerMs } from "../packet/rtp.ts";
import { DigitWatch } from "../stage/dtmf.ts";
import { Meter } from "../stage/meter.ts";
import { Ear } from "../stage/observe.ts";
import { fromAgreed, toAgreed } from "../stage/payload-types.ts";
import { Remap } from "../stage/remap.ts";
import { sourceLock } from "../stage/source-lock.ts";
import { pipeline, refuse, type Sink } from "../stage/stage.ts";
import { wellFormed } from "../stage/well-formed.ts";
import { type Direction, type LegContext, type LegStatistics, mayReceive, maySend, type Silence } from "./leg.ts";
import { Reporter } from "./reporter.ts";
import { SilenceWatch } from "./silence.ts";

/** What the SDP agreed about a stream. */
export type Agreement = {
  readonly send: PayloadTypes;
  readonly receive: PayloadTypes;
  readonly direction: Direction;
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
  readonly receive: Sink = (packet) => this.#in(packet);
  readonly #context: LegContext;
  readonly #wire: Wire;
  readonly #meter: Meter;
  readonly #remap: Remap;
  readonly #digits: DigitWatch;
  readonly #ear: Ear;
  readonly #reporter: Reporter;
  readonly #silence = new SilenceWatch();
  readonly #ended: Sink;
  #direction: Direction | undefined;
  #in: Sink;
  #out: Sink;
  #target: Sink;
  constructor(context: LegContext, wire: Wire) {
    const { clock, random, tally, reports } = context;
    this.#context = context;
    this.#wire = wire;
    this.#meter = new Meter(clock);
    const ssrc = wire.ssrc ?? random32(random);
    this.#remap = new Remap(clock, { ssrc, seq: firstSeq(random), timestamp: random32(random) });
    this.#digits = new DigitWatch(clock, (digit, durationMs) => reports.onDigit(digit, durationMs));
    this.#ear = new Ear(clock, () => this.#onFirstPacket());
    const streams = { received: this.#meter, sent: this.#remap };
    this.#reporter = new Reporter(clock, tally, streams, randomHex(random, 8), (bytes) => wire.rtcp(bytes));
    this.#in = refuse(tally, "not-connected");
    this.#out = refuse(tally, "peer-not-connected");
    this.#ended = refuse(tally, "not-joined");
    this.#target = this.#ended;
  }

  /** Binds both ways anew; streams and counters go on. */
  agree(agreement: Agreement): void {
    const { clock } = this.#context;
    this.#in = mayReceive(agreement.direction) ? this.#bindIn(agreement) : this.#refuseAll("direction");
    this.#out = maySend(agreement.direction) ? this.#bindOut(agreement) : this.#refuseAll("peer-not-receiving");
    if (this.#direction !== undefined && !maySend(this.#direction)) this.#remap.restart();
    this.#direction = agreement.direction;
    this.#silence.expect(clock.nowMs(), this.#phase());
    this.#reporter.start();
  }

  /** The peer cannot be reached any more; `agree` binds anew when it can. */
  interrupt(): void {
    this.#out = this.#refuseAll("peer-not-connected");
    this.#remap.restart();
  }

  /** Takes RTCP of the peer whose sender has been checked. */
  receiveRtcp(bytes: Uint8Array): void {
    if (this.#reporter.receive(bytes)) this.#silence.heard(this.#context.clock.nowMs());
  }

  joinTo(target: Sink | undefined): void {
    this.#target = target ?? this.#ended;
    this.#remap.restart();
  }

  sweep(nowMs: number): Silence | undefined {
    this.#digits.sweep(nowMs);
    if (this.#ear.lastMs !== undefined) this.#silence.heard(this.#ear.lastMs);
    return this.#silence.check(nowMs);
  }

  statistics(kind: LegStatistics["kind"]): LegStatistics {
    const { lost, jitterTicks } = this.#reporter.peer;
    const { roundTripMs } = this.#reporter;
    const { packets, bytes } = this.#remap;
    return {
      leg: this.#context.id,
      kind,
      received: {
        packets: this.#meter.packets,
        bytes: this.#meter.bytes,
        lost: this.#meter.lost,
        jitterMs: this.#meter.jitterMs,
      },
      sent: { packets, bytes, lost, jitterMs: jitterTicks / ticksPerMs },
      ...(roundTripMs !== undefined && { roundTripMs }),
    };
  }

  /** Says goodbye to the peer and takes nothing more. */
  close(): void {
    this.#reporter.close();
    this.#in = this.#refuseAll("not-connected");
    this.#out = this.#refuseAll("peer-not-connected");
    this.#target = this.#ended;
  }

  #phase(): Silence["phase"] {
    if (this.#direction !== undefined && !mayReceive(this.#direction)) return "on-hold";
    return this.#ear.lastMs === undefined ? "before-first-packet" : "in-talk";
  }

  #onFirstPacket(): void {
    this.#silence.expect(this.#context.clock.nowMs(), "in-talk");
    this.#wire.onFirstPacket?.();
  }

  #bindIn(agreement: Agreement): Sink {
    const { tally } = this.#context;
    const stages = [
      wellFormed(tally),
      fromAgreed(agreement.receive, tally),
      sourceLock(tally),
      this.#meter.stage,
      this.#ear.stage,
      this.#digits.stage,
    ];
    return pipeline(stages, (packet) => {
      tally.packets += 1;
      this.#target(packet);
    });
  }

  #bindOut(agreement: Agreement): Sink {
    const { send } = agreement;
    // What cannot be sent is refused before remap: it must not leave a gap in the sequence.
    const stages = [toAgreed(send, this.#context.tally), this.#remap.stage(send.pcmu)];
    return pipeline(stages, (packet) => this.#wire.rtp(packet));
  }

  #refuseAll(reason: "direction" | "peer-not-receiving" | "not-connected" | "peer-not-connected"): Sink {
    return refuse(this.#context.tally, reason);
  }
}
