import type { Fragment, HandshakeMessage } from "./handshake-message.ts";

/** Octets of a message; a certificate chain is smaller. */
const mostOctets = 16_384;
/** Octets of all messages kept. */
const mostKeptOctets = 49_152;
/** Messages kept. */
const mostKept = 16;
/** How far ahead of the next message another may be; a flight has at most six. */
const window = 8;

/** The result for a fragment. `repeated`: its message was already processed. `over-limit`: it, or an older message, was dropped. */
export type Reassembled = "kept" | "repeated" | "over-limit";

/**
 * Reassembles one peer's messages from fragments that arrive in any order, repeated or overlapping (RFC 6347 section 4.2.3).
 * Fragments with the same number but another type or length belong to another message, so a forged message does not block the
 * genuine one. Over the limit, the message that has waited longest for a fragment is dropped.
 */
export class Reassembly {
  readonly #parts = new Map<string, PartialMessage>();
  #next: number;
  constructor(next = 0) {
    this.#next = next;
  }

  /** The number of the next message to process. */
  get next(): number {
    return this.#next;
  }
  /** Octets kept, for whole and partial messages. */
  get keptOctets(): number {
    return Array.from(this.#parts.values()).reduce((sum, part) => sum + part.length, 0);
  }

  keep(fragment: Fragment): Reassembled {
    if (fragment.seq < this.#next) return "repeated";
    if (fragment.seq >= this.#next + window || fragment.length > mostOctets) return "over-limit";
    const key = `${fragment.seq} ${fragment.type} ${fragment.length}`;
    const part = this.#parts.get(key) ?? new PartialMessage(fragment);
    part.add(fragment);
    this.#parts.delete(key);
    this.#parts.set(key, part);
    return this.#makeRoom() ? "kept" : "over-limit";
  }

  /** The whole messages with this number. */
  whole(seq: number): readonly HandshakeMessage[] {
    return this.allWhole().filter((part) => part.seq === seq);
  }

  /** All whole messages, lowest number first. */
  allWhole(): readonly HandshakeMessage[] {
    const whole = Array.from(this.#parts.values()).filter((part) => part.isWhole);
    return whole.sort((one, other) => one.seq - other.seq);
  }

  /** Drops a rejected message, so that its retransmission can replace it. */
  forget({ type, seq, body }: HandshakeMessage): void {
    this.#parts.delete(`${seq} ${type} ${body.length}`);
  }

  /** Continues with message `next`. Drops earlier messages when moving forward, all messages when moving back. */
  goTo(next: number): void {
    const isBack = next < this.#next;
    for (const [key, part] of this.#parts) if (isBack || part.seq < next) this.#parts.delete(key);
    this.#next = next;
  }

  #makeRoom(): boolean {
    const isTooMuch = (): boolean => this.#parts.size > mostKept || this.keptOctets > mostKeptOctets;
    const hadRoom = !isTooMuch();
    for (const key of this.#parts.keys()) if (isTooMuch()) this.#parts.delete(key);
    return hadRoom;
  }
}

class PartialMessage implements HandshakeMessage {
  readonly type: number;
  readonly seq: number;
  readonly body: Uint8Array;
  readonly #isHere: Uint8Array;
  #missing: number;
  constructor({ type, seq, length }: Fragment) {
    this.type = type;
    this.seq = seq;
    this.body = new Uint8Array(length);
    this.#isHere = new Uint8Array(length);
    this.#missing = length;
  }

  get length(): number {
    return this.body.length;
  }
  get isWhole(): boolean {
    return this.#missing === 0;
  }

  /** Octets received earlier are not overwritten. */
  add({ offset, body }: Fragment): void {
    for (const [index, octet] of body.entries()) {
      const at = offset + index;
      if (this.#isHere[at] === 1) continue;
      this.#isHere[at] = 1;
      this.body[at] = octet;
      this.#missing -= 1;
    }
  }
}
