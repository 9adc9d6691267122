import type { Dice } from "./dice.ts";

/** Writes the packets of one RTP stream in one of the forms that RFC 3550 section 5.1 allows. */
export class OddStream {
  readonly #dice: Dice;
  readonly #payloadType: number;
  readonly #ssrc: number;
  readonly #form: "plain" | "padding" | "csrc" | "extension";
  #seq: number;
  #timestamp: number;
  #isFirst = true;

  constructor(dice: Dice, payloadType: number) {
    this.#dice = dice;
    this.#payloadType = payloadType;
    this.#ssrc = dice.below(2 ** 32);
    this.#form = dice.pick(["plain", "plain", "padding", "csrc", "extension"]);
    this.#seq = dice.pick([0, 1, 65_530, dice.below(65_536)]);
    this.#timestamp = dice.pick([0, 2 ** 32 - 800, dice.below(2 ** 32)]);
  }

  /** The next 20 ms of audio. */
  next(payload: Uint8Array): Uint8Array {
    const isPadded = this.#form === "padding" && this.#dice.chance(0.5);
    const [csrcs, extension] = [this.#form === "csrc" ? 2 : 0, this.#form === "extension"];
    const head = Buffer.alloc(12 + 4 * csrcs + (extension ? 8 : 0));
    head[0] = 0x80 | (isPadded ? 0x20 : 0) | (extension ? 0x10 : 0) | csrcs;
    head[1] = this.#payloadType | (this.#isFirst && this.#dice.chance(0.8) ? 0x80 : 0);
    head.writeUInt16BE(this.#seq, 2);
    head.writeUInt32BE(this.#timestamp, 4);
    head.writeUInt32BE(this.#ssrc, 8);
    if (extension) head.set([0xbe, 0xde, 0, 1, 0x10, 0xff, 0, 0], 12 + 4 * csrcs);
    this.#isFirst = false;
    this.#seq = (this.#seq + 1) & 0xffff;
    this.#timestamp = (this.#timestamp + payload.length) >>> 0;
    return Buffer.concat([head, payload, isPadded ? Uint8Array.of(0, 0, 0, 4) : new Uint8Array()]);
  }
}
