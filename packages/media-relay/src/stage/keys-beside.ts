import type { Tally } from "../kernel/refusals.ts";
import { rtp } from "../packet/rtp.ts";
import { seqAdd } from "../packet/sequence.ts";
import type { Sink } from "./stage.ts";

const nobody = -1;

/** Takes the key presses of an SSRC beside the source's once two packets in sequence prove it (RFC 3550 appendix A.1). */
export class KeysBeside {
  readonly #tally: Tally;
  readonly #next: Sink;
  #ssrc = nobody;
  #held: Uint8Array | undefined;
  constructor(tally: Tally, next: Sink) {
    this.#tally = tally;
    this.#next = next;
  }

  readonly take: Sink = (packet) => {
    if (rtp.ssrc(packet) === this.#ssrc) this.#next(packet);
    else if (this.#held !== undefined && isNext(this.#held, packet)) this.#begin(this.#held, packet);
    else this.#hold(packet);
  };

  #begin(first: Uint8Array, second: Uint8Array): void {
    this.#ssrc = rtp.ssrc(first);
    this.#held = undefined;
    this.#next(first);
    this.#next(second);
  }

  #hold(packet: Uint8Array): void {
    if (this.#held !== undefined) this.#tally.refuse("unproven-source");
    this.#held = packet;
  }
}

const isNext = (one: Uint8Array, other: Uint8Array): boolean =>
  rtp.ssrc(one) === rtp.ssrc(other) && rtp.seq(other) === seqAdd(rtp.seq(one), 1);
