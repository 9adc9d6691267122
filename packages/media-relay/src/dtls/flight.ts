import type { Clock } from "../kernel/clock.ts";
import { fragmentMessage, type HandshakeMessage } from "./handshake-message.ts";
import type { WriteKeys } from "./key-schedule.ts";
import { joined } from "./octets.ts";
import { contentType, type DtlsRecord, dtls12, recordHeaderOctets, writeRecord } from "./record.ts";
import { protectRecord } from "./record-cipher.ts";

/** Octets of a datagram; fits any path once IPv6 and UDP headers are added. */
const mostOctets = 1200;
/** What encryption adds to a record. */
const protectionOctets = 24;
/**
 * Delay before the first retransmission; it doubles each time. Departs: RFC 6347 section 4.2.4.1 starts with 1 s, which callers
 * would hear.
 */
const firstRepeatMs = 400;
const longestRepeatMs = 1600;
/** Retransmissions by timer: about 30 s. */
const mostRepeats = 20;
/** Limits on retransmissions triggered by the peer's retransmissions, which anyone on the path can forge. */
const leastRepeatMs = 100;
const mostAskedRepeats = 20;

/** A part of a flight: a handshake message, plain or protected, or ChangeCipherSpec. */
export type FlightPart = "changeCipherSpec" | { readonly message: HandshakeMessage; readonly isProtected?: true };

/** Sends and retransmits one side's flights. Every record sent gets a new sequence number (RFC 6347 sections 4.1, 4.2.4). */
export class Flights {
  readonly #clock: Clock;
  readonly #send: (datagram: Uint8Array) => void;
  #keys: WriteKeys | undefined;
  readonly #sequences = [0, 0];
  #parts: readonly FlightPart[] = [];
  #sentMs = Number.NEGATIVE_INFINITY;
  #asked = 0;
  #hasTimedOut = false;
  #cancelRepeat: () => void = () => {};
  readonly #onUnanswered: () => void;
  constructor(clock: Clock, send: (datagram: Uint8Array) => void, onUnanswered: () => void) {
    this.#clock = clock;
    this.#send = send;
    this.#onUnanswered = onUnanswered;
  }

  /** Whether the current flight had no answer in time. */
  get hasTimedOut(): boolean {
    return this.#hasTimedOut;
  }

  /** Sets the keys for epoch 1. */
  protectWith(keys: WriteKeys): void {
    this.#keys = keys;
  }

  /** Sends a flight and retransmits it until the next flight, or `stop`. */
  send(parts: readonly FlightPart[]): void {
    this.#begin(parts);
    this.#repeatAfter(firstRepeatMs, mostRepeats);
  }

  /** Sends the last flight, which the peer does not answer: it is retransmitted only when the peer retransmits. */
  sendLast(parts: readonly FlightPart[]): void {
    this.#begin(parts);
  }

  /** Sends a message once, outside of any flight. */
  sendOnce(message: HandshakeMessage): void {
    this.#transmit([{ message }]);
  }

  /** Retransmits because the peer did, within the limits. */
  repeat(): void {
    if (this.#asked >= mostAskedRepeats || this.#clock.nowMs() - this.#sentMs < leastRepeatMs) return;
    this.#asked += 1;
    this.#sendFlight();
  }

  /** Stops the timer. Idempotent. */
  stop(): void {
    this.#cancelRepeat();
  }

  #begin(parts: readonly FlightPart[]): void {
    this.stop();
    this.#parts = parts;
    this.#asked = 0;
    this.#hasTimedOut = false;
    this.#sendFlight();
  }

  #repeatAfter(delayMs: number, left: number): void {
    this.#cancelRepeat = this.#clock.after(delayMs, () => {
      if (left === 0) return this.#onUnanswered();
      this.#hasTimedOut = true;
      this.#sendFlight();
      this.#repeatAfter(Math.min(2 * delayMs, longestRepeatMs), left - 1);
    });
  }

  #sendFlight(): void {
    this.#sentMs = this.#clock.nowMs();
    this.#transmit(this.#parts);
  }

  /** Packs the records into as few datagrams as possible. */
  #transmit(parts: readonly FlightPart[]): void {
    let datagram: Uint8Array = new Uint8Array(0);
    for (const record of parts.flatMap((part) => this.#recordsOf(part))) {
      if (datagram.length + record.length > mostOctets) {
        this.#send(datagram);
        datagram = new Uint8Array(0);
      }
      datagram = joined(datagram, record);
    }
    if (datagram.length > 0) this.#send(datagram);
  }

  #recordsOf(part: FlightPart): readonly Uint8Array[] {
    if (part === "changeCipherSpec") return [this.#record(contentType.changeCipherSpec, 0, Uint8Array.of(1))];
    const room = mostOctets - recordHeaderOctets - protectionOctets;
    const epoch = part.isProtected ? 1 : 0;
    return fragmentMessage(part.message, room).map((body) => this.#record(contentType.handshake, epoch, body));
  }

  #record(type: number, epoch: 0 | 1, body: Uint8Array): Uint8Array {
    const sequence = this.#sequences[epoch]!;
    this.#sequences[epoch] = sequence + 1;
    const record: DtlsRecord = { type, version: dtls12, epoch, sequence, body };
    return writeRecord(epoch === 0 ? record : protectRecord(this.#keys!, record));
  }
}
