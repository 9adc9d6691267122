import type { Clock } from "../kernel/clock.ts";
import type { RandomBytes } from "../kernel/random.ts";
import type { RefusalReason } from "../kernel/refusals.ts";
import type { SrtpKeys } from "../srtp/keys.ts";
import { Client } from "./client.ts";
import { Flights } from "./flight.ts";
import { type Fragment, type HandshakeMessage, handshakeType, readFragments } from "./handshake-message.ts";
import type { Side, WriteKeys } from "./key-schedule.ts";
import { refusals } from "./proof.ts";
import { Reassembly } from "./reassembly.ts";
import { contentType, type DtlsRecord, readRecords } from "./record.ts";
import { unprotectRecord } from "./record-cipher.ts";
import type { Association, DtlsOptions, Refused, Role } from "./role.ts";
import { Server } from "./server.ts";

/** Limit on protected records kept until their keys are known. */
const mostEarly = 4;
/** How long the handshake continues after a rejected message; a genuine peer retransmits earlier. */
const failAfterMs = 5000;
const unanswered = "the browser did not answer";
const fatal = 2;
const closeNotify = 0;

/** The listener of an association. Not called from the constructor. */
export interface DtlsUser {
  send(datagram: Uint8Array): void;
  /** Both sides are authenticated. Called once; `onFailed` is not called afterwards. */
  onConnected(keys: SrtpKeys): void;
  /** The handshake failed. Called once, with a reason for people. */
  onFailed(why: string): void;
  /** Something received was discarded. */
  onRefused(reason: RefusalReason): void;
}

/**
 * One DTLS 1.2 handshake for SRTP (RFC 6347, RFC 5764). Malformed, unexpected and unauthentic input is discarded and counted, and the
 * handshake continues (RFC 6347 section 4.1.2.7), because anyone on the path can send unprotected records.
 */
export class DtlsAssociation {
  readonly #clock: Clock;
  readonly #user: DtlsUser;
  readonly #flights: Flights;
  readonly #role: Role;
  readonly #reassembly = new Reassembly();
  #readKeys: WriteKeys | undefined;
  #early: DtlsRecord[] = [];
  /** Number of the first message of the peer's current flight. */
  #flightFrom = 0;
  #state: "open" | "connected" | "over" = "open";
  #why: string = unanswered;
  #cancelFailing: (() => void) | undefined;
  /** The message that made the handshake fail soon; it goes on once this one is accepted after all. */
  #rejectedSeq = 0;
  constructor(side: Side, options: DtlsOptions, clock: Clock, random: RandomBytes, user: DtlsUser) {
    this.#clock = clock;
    this.#user = user;
    this.#flights = new Flights(
      clock,
      (datagram) => user.send(datagram),
      () => this.#fail(),
    );
    const association: Association = {
      options,
      random,
      flights: this.#flights,
      readWith: (keys) => {
        this.#readKeys = keys;
      },
      connect: (keys) => this.#connect(keys),
    };
    this.#role = side === "server" ? new Server(association) : new Client(association);
  }

  /** Starts the handshake: a client sends its hello. */
  begin(): void {
    if (this.#state === "open") this.#role.begin();
  }

  /** Processes a datagram from the peer. */
  receive(datagram: Uint8Array): void {
    const { records, isWhole } = readRecords(datagram);
    for (const record of records) if (this.#state !== "over") this.#onRecord(record);
    if (!isWhole) this.#refuse(refusals.malformed);
  }

  /** Ends the association; nothing is sent or reported afterwards. Idempotent. */
  close(): void {
    this.#state = "over";
    this.#flights.stop();
    this.#cancelFailing?.();
    this.#early = [];
  }

  #onRecord(record: DtlsRecord): void {
    if (record.epoch > 1) this.#refuse(refusals.unexpected);
    else if (record.epoch === 1) this.#onProtected(record);
    else if (record.type === contentType.handshake) this.#onFragments(record.body, false);
    else if (record.type === contentType.alert) this.#onAlertInClear(record.body);
    // ChangeCipherSpec is not needed: the epoch of a record says whether it is protected.
    else if (record.type !== contentType.changeCipherSpec) this.#refuse(refusals.unexpected);
  }

  #onProtected(record: DtlsRecord): void {
    if (this.#readKeys === undefined) return this.#keepEarly(record);
    const content = unprotectRecord(this.#readKeys, record);
    if (content === undefined) this.#refuse({ reason: "dtls-not-authentic" });
    else if (record.type === contentType.handshake) this.#onFragments(content, true);
    else if (record.type === contentType.alert) this.#onAlert(content);
    else this.#refuse(refusals.unexpected);
  }

  #keepEarly(record: DtlsRecord): void {
    this.#early.push({ ...record, body: new Uint8Array(record.body) });
    if (this.#early.length <= mostEarly) return;
    this.#early.shift();
    this.#refuse({ reason: "dtls-over-limit" });
  }

  #onFragments(body: Uint8Array, isProtected: boolean): void {
    const fragments = readFragments(body);
    if (fragments === undefined) return this.#refuse(refusals.malformed);
    for (const fragment of fragments) this.#onFragment(fragment, isProtected);
  }

  /** Only Finished is protected. */
  #onFragment(fragment: Fragment, isProtected: boolean): void {
    const isInPlace = (fragment.type === handshakeType.finished) === isProtected;
    if (!isInPlace || !this.#role.expects(fragment.type)) return this.#refuse(refusals.unexpected);
    if (fragment.seq < this.#flightFrom) return this.#onRepeated(isProtected);
    if (this.#reassembly.keep(fragment) === "over-limit") this.#refuse({ reason: "dtls-over-limit" });
    this.#takeAll();
  }

  /** The last flight has no timer, so forged retransmissions must not use up its limit: the peer's Finished is authentic. */
  #onRepeated(isProtected: boolean): void {
    if (this.#state === "open" || isProtected) this.#flights.repeat();
  }

  #takeAll(): void {
    while (this.#state === "open" && this.#candidates().some((message) => this.#take(message)));
  }

  #candidates(): readonly HandshakeMessage[] {
    if (!this.#role.isOpening) return this.#reassembly.whole(this.#reassembly.next);
    return this.#reassembly.allWhole().filter((message) => this.#role.opens(message));
  }

  /** @returns whether the message was accepted, so that the next one may follow */
  #take(message: HandshakeMessage): boolean {
    const taken = this.#role.take(message);
    if (taken === "aside") this.#reassembly.forget(message);
    else if (typeof taken === "object") this.#onRejected(message, taken);
    else this.#accept(message, taken === "flight-complete");
    return typeof taken === "string" && taken !== "aside";
  }

  #accept({ seq }: HandshakeMessage, isComplete: boolean): void {
    this.#reassembly.goTo(seq + 1);
    if (seq >= this.#rejectedSeq) this.#failNoLonger();
    if (isComplete) this.#flightFrom = seq + 1;
    this.#readEarly();
  }

  #readEarly(): void {
    if (this.#readKeys === undefined) return;
    for (const record of this.#early.splice(0)) this.#onProtected(record);
  }

  #onRejected(message: HandshakeMessage, refused: Refused): void {
    this.#reassembly.forget(message);
    if (refused.why !== undefined) this.#failSoon(refused.why, message);
    if (refused.rewinds) this.#rewind();
    this.#refuse(refused);
  }

  /** Waits for a retransmission of the peer's whole flight. */
  #rewind(): void {
    this.#role.rewind();
    this.#reassembly.goTo(this.#flightFrom);
    this.#readKeys = undefined;
    this.#early = [];
  }

  /** Fails with this reason unless another message with this number is accepted soon. The first message has any number. */
  #failSoon(why: string, { seq }: HandshakeMessage): void {
    this.#why = why;
    this.#rejectedSeq = this.#role.isOpening ? 0 : Math.max(this.#rejectedSeq, seq);
    this.#cancelFailing ??= this.#clock.after(failAfterMs, () => this.#fail());
  }

  #failNoLonger(): void {
    this.#cancelFailing?.();
    this.#cancelFailing = undefined;
    this.#rejectedSeq = 0;
  }

  #fail(): void {
    this.close();
    this.#user.onFailed(`DTLS failed: ${this.#why}`);
  }

  /** Anyone on the path can send it, so it ends nothing: it only explains why the handshake then fails. */
  #onAlertInClear([level = 0, description = 0]: Uint8Array): void {
    this.#refuse({ reason: "dtls-alert-in-clear" });
    if (level === fatal && this.#why === unanswered)
      this.#why = `the browser stopped answering after alert ${description}`;
  }

  #onAlert([level = 0, description = 0]: Uint8Array): void {
    if (this.#state !== "open" || (level !== fatal && description !== closeNotify)) return;
    this.#why = `the browser ended the handshake (alert ${description})`;
    this.#fail();
  }

  #connect(keys: SrtpKeys): void {
    this.#state = "connected";
    this.#cancelFailing?.();
    this.#flightFrom = Number.POSITIVE_INFINITY;
    this.#user.onConnected(keys);
  }

  #refuse({ reason }: Refused): void {
    if (this.#state !== "over") this.#user.onRefused(reason);
  }
}
