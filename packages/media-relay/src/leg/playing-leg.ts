import { firstSeq, random32 } from "../kernel/random.ts";
import { inner } from "../packet/payload-types.ts";
import { makeRtp } from "../packet/rtp.ts";
import { seqAdd, ticksAdd } from "../packet/sequence.ts";
import type { Sink } from "../stage/stage.ts";
import { FramePace } from "./frame-pace.ts";
import { type Frames, frameSamples } from "./frames.ts";
import type { JoinableLeg, LegContext, LegId, LegStatistics } from "./leg.ts";
import { SourceCount } from "./source-count.ts";

/** Plays frames to whoever it is joined to, one each 20 ms of the clock from the moment of the join. */
export class PlayingLeg implements JoinableLeg {
  readonly id: LegId;
  readonly #context: LegContext;
  readonly #count: SourceCount;
  readonly #pace: FramePace;
  readonly #begin: () => Frames;
  readonly #ssrc: number;
  #seq: number;
  #timestamp: number;
  /** @param begin gives the frames from the first on */
  constructor(context: LegContext, begin: () => Frames) {
    this.id = context.id;
    this.#context = context;
    this.#count = new SourceCount(context.moment);
    this.#pace = new FramePace(context.clock);
    this.#begin = begin;
    this.#ssrc = random32(context.random);
    this.#seq = firstSeq(context.random);
    this.#timestamp = random32(context.random);
  }

  readonly send: Sink = (packet) => this.#count.hear(packet);

  /** Each join begins with the first frame. */
  joinTo(target: Sink | undefined): void {
    this.#pace.stop();
    if (target === undefined) return;
    const frames = this.#begin();
    this.#pace.start((skipped) => this.#play(frames, skipped, target));
  }

  sweep(): undefined {
    return undefined;
  }
  statistics(): LegStatistics {
    return this.#count.statistics(this.id);
  }
  async close(): Promise<void> {
    this.#pace.stop();
  }

  #play(frames: Frames, skipped: number, target: Sink): boolean {
    const frame = frames();
    if (frame === undefined) this.#context.reports.onPlayed();
    else this.#say(frame, skipped, target);
    return frame !== undefined;
  }

  #say(frame: Uint8Array, skipped: number, target: Sink): void {
    const timestamp = ticksAdd(this.#timestamp, skipped * frameSamples);
    const packet = makeRtp({ payloadType: inner.pcmu, seq: this.#seq, timestamp, ssrc: this.#ssrc }, frame);
    this.#seq = seqAdd(this.#seq, 1);
    this.#timestamp = ticksAdd(timestamp, frameSamples);
    this.#count.say(packet);
    target(packet);
  }
}
