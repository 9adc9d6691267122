import type { Dice } from "./dice.ts";

/** Writes the packets of one RTP stream in one of the forms that RFC 3550 section 5.1 allows. */
export class OddStream {
  readonly #dice: Dice;
  readonly #payloadType: number;
  #ssrc: number;
  readonly #form: "plain" | "padding" | "csrc" | "extension";
  #seq: number;
  #timestamp: number;
  readonly #between: readonly Uint8Array[];
  #isFirst = true;

  constructor(dice: Dice, payloadType: number) {
    this.#dice = dice;
    this.size = dice.pick([160, 160, 160, 80, 240, 320]);
    this.#payloadType = payloadType;
    this.#ssrc = dice.below(2 ** 32);
    this.#form = dice.pick(["plain", "plain", "padding", "csrc", "extension"]);
    this.#seq = dice.pick([0, 1, 65_530, dice.below(65_536)]);
    this.#timestamp = dice.pick([0, 2 ** 32 - 800, dice.below(2 ** 32)]);
    this.#between = dice.some(strangeDatagrams, 0.05);
  }

  /** How many octets of audio it has in a packet: 10, 20, 30 or 40 ms. */
  readonly size: number;

  /** The source begins anew, as after a transfer behind the peer. */
  restart(): void {
    this.#ssrc = this.#dice.below(2 ** 32);
    this.#seq = this.#dice.below(65_536);
    this.#timestamp = this.#dice.below(2 ** 32);
    this.#isFirst = true;
  }

  /** What else comes to the same port now and then. */
  beside(): readonly Uint8Array[] {
    const noise = this.#dice.chance(0.1) ? [this.next(Uint8Array.of(70), 13)] : [];
    return [...noise, ...this.#between.filter(() => this.#dice.chance(0.3))];
  }

  /** The next 20 ms of audio. */
  next(payload: Uint8Array, payloadType = this.#payloadType): Uint8Array {
    const isPadded = this.#form === "padding" && this.#dice.chance(0.5);
    const [csrcs, extension] = [this.#form === "csrc" ? 2 : 0, this.#form === "extension"];
    const head = Buffer.alloc(12 + 4 * csrcs + (extension ? 8 : 0));
    head[0] = 0x80 | (isPadded ? 0x20 : 0) | (extension ? 0x10 : 0) | csrcs;
    head[1] = payloadType | (this.#isFirst && this.#dice.chance(0.8) ? 0x80 : 0);
    head.writeUInt16BE(this.#seq, 2);
    head.writeUInt32BE(this.#timestamp, 4);
    head.writeUInt32BE(this.#ssrc, 8);
    if (extension) head.set([0xbe, 0xde, 0, 1, 0x10, 0xff, 0, 0], 12 + 4 * csrcs);
    this.#isFirst = false;
    this.#seq = (this.#seq + 1) & 0xffff;
    this.#timestamp = (this.#timestamp + (payload.length === 1 ? 160 : payload.length)) >>> 0;
    return Buffer.concat([head, payload, isPadded ? Uint8Array.of(0, 0, 0, 4) : new Uint8Array()]);
  }
}

/** Datagrams that phones and gateways send to a port of RTP although nobody asked for them. */
const strangeDatagrams: readonly Uint8Array[] = [
  Uint8Array.of(),
  Uint8Array.of(0),
  Buffer.from("\r\n\r\n"),
  // A STUN binding request, RFC 8489.
  Buffer.from("000100002112a442000102030405060708090a0b", "hex"),
  // A receiver report of RTCP, RFC 5761.
  Buffer.from("80c9000100000001", "hex"),
  // A ClientHello of DTLS, cut short.
  Buffer.from("16fefd0000000000000000000100", "hex"),
  // The keep-alive of RFC 6263 section 4.6: an unknown payload type.
  Buffer.from("807e0001000000000000000001020304", "hex"),
  Buffer.from("HELLO"),
];
