import { createHmac, timingSafeEqual } from "node:crypto";
import type { Clock } from "../kernel/clock.ts";
import type { RandomBytes } from "../kernel/random.ts";
import { bytesOf } from "../message/text.ts";

const saltBytes = 8;
const stampDigits = 12;
const proofDigits = 32;
const shape = new RegExp(`^[0-9a-f]{${stampDigits + 2 * saltBytes + proofDigits}}$`);

/**
 * Nonces that need no memory: when it was made, a salt, and a keyed hash of both with the address that it was made for,
 * RFC 7616 section 5.4. The key is made here and lasts as long as the object.
 */
export class Nonces {
  readonly #key: Uint8Array;
  readonly #clock: Clock;
  readonly #random: RandomBytes;
  readonly #lifeMs: number;

  constructor(clock: Clock, random: RandomBytes, lifeMs: number) {
    this.#key = random(32);
    this.#clock = clock;
    this.#random = random;
    this.#lifeMs = lifeMs;
  }

  /** A new nonce, good for requests from this IP address. */
  make(address: string): string {
    const stamp = Math.floor(this.#clock.nowMs()).toString(16).padStart(stampDigits, "0");
    const head = stamp + Buffer.from(this.#random(saltBytes)).toString("hex");
    return head + this.#proof(head, address);
  }

  /** When a nonce was made, in the clock's milliseconds; undefined when it is not ours, not this address's or too old. */
  madeAt(nonce: string, address: string): number | undefined {
    if (!shape.test(nonce)) return undefined;
    const head = nonce.slice(0, -proofDigits);
    if (!timingSafeEqual(bytesOf(this.#proof(head, address)), bytesOf(nonce.slice(-proofDigits)))) return undefined;
    const madeAtMs = Number.parseInt(head.slice(0, stampDigits), 16);
    return this.#clock.nowMs() - madeAtMs < this.#lifeMs ? madeAtMs : undefined;
  }

  #proof(head: string, address: string): string {
    return createHmac("sha256", this.#key).update(`${head}:${address}`).digest("hex").slice(0, proofDigits);
  }
}
