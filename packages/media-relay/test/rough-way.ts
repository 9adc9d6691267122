import { type Address, type DatagramSocket, systemDatagrams } from "../src/index.ts";
import { rtp, seededRandom } from "../src/testing/index.ts";
import type { Came } from "./judged.ts";

/** How a way treats RTP, as fractions decided by a seed; a delayed packet comes after up to `spreadMs` of others. */
export type Roughness = {
  readonly seed: number;
  readonly loss: number;
  readonly duplicate: number;
  readonly delayed: number;
  readonly spreadMs: number;
};

const usual = { loss: 0.05, duplicate: 0.05, delayed: 0.1, spreadMs: 12 };

/**
 * A stretch of UDP over real sockets between a peer and a port of the relay: RTP towards the relay is lost, repeated and
 * delayed, everything else passes. What it let through stands in `passed`, in order.
 */
export class RoughWay {
  readonly passed: Came[] = [];
  readonly #target: Address;
  readonly #roughness: Roughness;
  readonly #random: (length: number) => Uint8Array;
  readonly #delays = new Set<NodeJS.Timeout>();
  #inner!: DatagramSocket;
  #outer!: DatagramSocket;
  #peer: Address | undefined;
  #onCalm: () => void = () => {};
  private constructor(target: Address, roughness: Roughness) {
    this.#target = target;
    this.#roughness = roughness;
    this.#random = seededRandom(roughness.seed);
  }

  /** @param target the relay's port */
  static async open(address: string, target: Address, roughness: Partial<Roughness> & { seed: number }) {
    const way = new RoughWay(target, { ...usual, ...roughness });
    const bind = (onDatagram: (bytes: Uint8Array, from: Address) => void): Promise<DatagramSocket> =>
      systemDatagrams.bind({ address, port: 0 }, { onDatagram, onError: () => {} });
    way.#inner = await bind((bytes, from) => way.#towardsRelay(new Uint8Array(bytes), from));
    way.#outer = await bind((bytes) => way.#peer && way.#inner.send(bytes, way.#peer));
    return way;
  }

  /** Where the peer sends to instead of the relay. */
  get entrance(): Address {
    return this.#inner.local;
  }

  /** Where the relay sees the peer. */
  get exit(): Address {
    return this.#outer.local;
  }

  /** Resolves when nothing is delayed any more. */
  calm(): Promise<void> {
    return new Promise((resolve) => {
      this.#onCalm = resolve;
      if (this.#delays.size === 0) resolve();
    });
  }

  close(): void {
    for (const delay of this.#delays) clearTimeout(delay);
    this.#inner.close();
    this.#outer.close();
  }

  #towardsRelay(bytes: Uint8Array, from: Address): void {
    this.#peer = from;
    if (!isRtp(bytes)) return this.#outer.send(bytes, this.#target);
    const { loss, duplicate, delayed } = this.#roughness;
    if (this.#chance(loss)) return;
    for (let copies = this.#chance(duplicate) ? 2 : 1; copies > 0; copies -= 1) {
      if (this.#chance(delayed)) this.#passLater(bytes);
      else this.#pass(bytes);
    }
  }

  #passLater(bytes: Uint8Array): void {
    const [share = 0] = this.#random(1);
    const delay = setTimeout(
      () => {
        this.#delays.delete(delay);
        this.#pass(bytes);
        if (this.#delays.size === 0) this.#onCalm();
      },
      (share / 256) * this.#roughness.spreadMs,
    );
    this.#delays.add(delay);
  }

  #pass(bytes: Uint8Array): void {
    this.passed.push({ seq: rtp.seq(bytes) });
    this.#outer.send(bytes, this.#target);
  }

  #chance(fraction: number): boolean {
    const [octet = 0] = this.#random(1);
    return octet < fraction * 256;
  }
}

/** RFC 7983: neither STUN nor DTLS; RFC 5761: no RTCP. */
const isRtp = (bytes: Uint8Array): boolean =>
  bytes[0]! >= 128 && bytes[0]! < 192 && !(bytes[1]! >= 192 && bytes[1]! < 224);
