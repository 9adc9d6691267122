import { Numbering } from "../packet/numbering.ts";
import { inner } from "../packet/payload-types.ts";
import { rtp } from "../packet/rtp.ts";
import { elsewhere } from "../packet/run.ts";
import type { Sink } from "../stage/stage.ts";
import type { JoinableLeg, LegContext, LegId, LegStatistics } from "./leg.ts";
import { SourceCount } from "./source-count.ts";

/**
 * Says back what it hears. Key presses are heard, not said: nobody pressed a key at this end, and what is left out
 * leaves no gap in the sequence, which would look like loss.
 */
export class EchoLeg implements JoinableLeg {
  readonly id: LegId;
  readonly #count: SourceCount;
  readonly #numbers = new Numbering(0);
  #target: Sink | undefined;
  constructor(context: LegContext) {
    this.id = context.id;
    this.#count = new SourceCount(context.moment);
  }

  readonly send: Sink = (packet) => {
    this.#count.hear(packet);
    if (this.#target === undefined) return;
    if (rtp.payloadType(packet) !== inner.pcmu) return this.#numbers.omit(packet);
    if (!this.#renumber(packet)) return;
    this.#count.say(packet);
    this.#target(packet);
  };

  joinTo(target: Sink | undefined): void {
    this.#target = target;
  }
  sweep(): undefined {
    return undefined;
  }
  statistics(): LegStatistics {
    return this.#count.statistics(this.id);
  }
  async close(): Promise<void> {
    this.#target = undefined;
  }

  #renumber(packet: Uint8Array): boolean {
    const step = this.#numbers.stepTo(packet);
    if (step !== elsewhere) return this.#numbers.renumber(packet, step);
    this.#numbers.begin(packet);
    return true;
  }
}
