import type { Clock } from "../kernel/clock.ts";
import { firstSeq, random32 } from "../kernel/random.ts";
import { inner } from "../packet/payload-types.ts";
import { makeRtp } from "../packet/rtp.ts";
import { seqAdd, ticksAdd } from "../packet/sequence.ts";
import type { Sink } from "../stage/stage.ts";
import type { JoinableLeg, LegContext, LegId, LegStatistics } from "./leg.ts";
import { SourceCount } from "./source-count.ts";
import { frameSamples, type Tone, toneFrames } from "./tone.ts";

const frameMs = 20;
/** A process that stood still for longer does not make up for it: a burst would only fill the listener's buffer. */
const mostFramesLate = 10;

/** Plays a tone to whoever it is joined to, one frame each 20 ms of the clock from the moment of the join. */
export class ToneLeg implements JoinableLeg {
  readonly id: LegId;
  readonly #clock: Clock;
  readonly #count = new SourceCount();
  readonly #tone: Tone;
  readonly #ssrc: number;
  #nextFrame: () => Uint8Array;
  #seq: number;
  #timestamp: number;
  #stop: () => void = () => {};
  constructor(context: LegContext, tone: Tone) {
    this.id = context.id;
    this.#clock = context.clock;
    this.#tone = tone;
    this.#nextFrame = toneFrames(tone);
    this.#ssrc = random32(context.random);
    this.#seq = firstSeq(context.random);
    this.#timestamp = random32(context.random);
  }

  readonly send: Sink = (packet) => this.#count.hear(packet);

  /** A rhythm begins anew with each join. */
  joinTo(target: Sink | undefined): void {
    this.#stop();
    if (target === undefined) return;
    this.#nextFrame = toneFrames(this.#tone);
    this.#play(target, this.#clock.nowMs(), 0);
  }

  sweep(): undefined {
    return undefined;
  }
  statistics(): LegStatistics {
    return this.#count.statistics(this.id);
  }
  async close(): Promise<void> {
    this.#stop();
  }

  /** Frame `n` is due at `startMs + 20 n` whatever the delay of the ones before: late timers do not add up. */
  #play(target: Sink, startMs: number, frame: number): void {
    const dueMs = startMs + frame * frameMs;
    this.#stop = this.#clock.after(Math.max(0, dueMs - this.#clock.nowMs()), () => {
      const late = Math.floor((this.#clock.nowMs() - dueMs) / frameMs);
      this.#say(target);
      this.#play(target, late > mostFramesLate ? startMs + late * frameMs : startMs, frame + 1);
    });
  }

  #say(target: Sink): void {
    const fields = { payloadType: inner.pcmu, seq: this.#seq, timestamp: this.#timestamp, ssrc: this.#ssrc };
    const packet = makeRtp(fields, this.#nextFrame());
    this.#seq = seqAdd(this.#seq, 1);
    this.#timestamp = ticksAdd(this.#timestamp, frameSamples);
    this.#count.say(packet);
    target(packet);
  }
}
