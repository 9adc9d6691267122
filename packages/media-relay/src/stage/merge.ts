import type { Tally } from "../kernel/refusals.ts";
import { Numbering } from "../packet/numbering.ts";
import { rtp } from "../packet/rtp.ts";
import { elsewhere } from "../packet/run.ts";
import type { Sink, Stage } from "./stage.ts";

/**
 * Gives a source's packets and the key presses of another SSRC beside it numbers of one sequence, so that the next leg receives
 * one stream.
 */
export class Merge {
  readonly #tally: Tally;
  readonly #numbers = new Numbering(0);
  constructor(tally: Tally) {
    this.#tally = tally;
  }

  /** Renumbers the source's packets; gaps and reordering stay as they are. */
  readonly stage: Stage = (next) => (packet) => {
    const step = this.#numbers.stepTo(packet);
    if (step === elsewhere) this.#numbers.begin(packet);
    else if (!this.#numbers.renumber(packet, step)) return this.#tally.refuse("too-late");
    next(packet);
  };

  /** Gives a packet of another source the next number. */
  readonly insert =
    (next: Sink): Sink =>
    (packet) => {
      rtp.setSeq(packet, this.#numbers.take());
      next(packet);
    };
}
