import { inner } from "../packet/payload-types.ts";
import { rtp } from "../packet/rtp.ts";
import { seqAdd } from "../packet/sequence.ts";
import type { Sink } from "../stage/stage.ts";
import type { JoinableLeg, LegContext, LegId, LegStatistics } from "./leg.ts";
import { SourceCount } from "./source-count.ts";

/**
 * Says back what it hears. Key presses are heard, not said: nobody pressed a key at this end, and what is left out
 * leaves no gap in the sequence, which would look like loss.
 */
export class EchoLeg implements JoinableLeg {
  readonly id: LegId;
  readonly #count = new SourceCount();
  #target: Sink | undefined;
  /** How many packets have been left out. */
  #left = 0;
  constructor(context: LegContext) {
    this.id = context.id;
  }

  readonly send: Sink = (packet) => {
    this.#count.hear(packet);
    if (this.#target === undefined) return;
    if (rtp.payloadType(packet) !== inner.pcmu) return void this.#left++;
    rtp.setSeq(packet, seqAdd(rtp.seq(packet), -this.#left));
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
}
