import type { Clock } from "../kernel/clock.ts";
import type { Address } from "../kernel/datagrams.ts";
import type { Tally } from "../kernel/refusals.ts";
import { unreachable } from "../kernel/unreachable.ts";
import { kindOfDatagram } from "../socket/first-byte.ts";
import { isStunMessage, messageType, typeOf } from "../stun/message.ts";
import { type BindingRequest, isAuthenticRequest, readBindingRequest } from "../stun/request.ts";
import { writeSuccess } from "../stun/write.ts";
import type { ChosenPath } from "../webrtc/handshake.ts";
import type { IceUsers } from "./ice-users.ts";
import { KnownSources } from "./known-sources.ts";
import type { Relocation } from "./relocation.ts";

/**
 * Datagrams a second of each kind: a handshake is some twenty. Anyone who can forge the browser's address can use up the room
 * for DTLS and for STUN responses, but not that for requests, which are authentic: ICE goes on.
 */
const mostPerSecond = 100;
type Passed = { request: number; response: number; dtls: number };
const nonePassed = (): Passed => ({ request: 0, response: 0, dtls: 0 });
/** DTLS records of a handshake, RFC 6347 section 4.1; beside them there are alerts and application data. */
const dtlsRecord = { changeCipherSpec: 20, handshake: 22 } as const;

/** Where what comes to a browser's port goes on. `host` is the index of the offered host whose socket it came to. */
export interface BrowserIngressUser {
  readonly users: IceUsers;
  readonly path: ChosenPath | undefined;
  /** DTLS is through: of it only what was lost on the way may come again. */
  readonly hasKeys: boolean;
  readonly relocation: Pick<Relocation, "heardOnPath" | "askedFrom" | "mediaFrom" | "take">;
  /** A response to STUN over the path. Returns whether it was a question of ours that it answers. */
  onResponse(bytes: Uint8Array): boolean;
  onHandshake(host: number, bytes: Uint8Array, from: Address): void;
  reply(host: number, bytes: Uint8Array, to: Address): void;
  onRtp(bytes: Uint8Array): void;
  onRtcp(bytes: Uint8Array): void;
}

/**
 * Sorts the datagrams of a browser's port. Strangers neither ask by STUN nor begin DTLS; what only repeats what is known, over
 * the path in use, is answered here; the rest of STUN and DTLS goes to the handshake.
 */
export class BrowserIngress {
  readonly #tally: Tally;
  readonly #clock: Clock;
  readonly #user: BrowserIngressUser;
  /** Who asked with our ICE password. */
  readonly #known = new KnownSources();
  #second = { beganMs: Number.NEGATIVE_INFINITY, passed: nonePassed() };
  constructor(tally: Tally, clock: Clock, user: BrowserIngressUser) {
    this.#tally = tally;
    this.#clock = clock;
    this.#user = user;
  }

  /** Takes a datagram. */
  take(host: number, bytes: Uint8Array, from: Address): void {
    const kind = kindOfDatagram(bytes);
    switch (kind) {
      case "rtp":
        this.#noteMedia(host, from);
        return this.#user.onRtp(bytes);
      case "rtcp":
        return this.#user.onRtcp(bytes);
      case "stun":
        return this.#onStun(host, bytes, from);
      case "dtls":
        return this.#onDtls(host, bytes, from);
      case "unknown":
        return this.#tally.refuse("unknown-first-byte");
      default:
        unreachable(kind);
    }
  }

  #onStun(host: number, bytes: Uint8Array, from: Address): void {
    if (!isStunMessage(bytes)) this.#tally.refuse("malformed");
    else if (typeOf(bytes) === messageType.request) this.#onRequest(host, bytes, from);
    else if (typeOf(bytes) !== messageType.indication) this.#onResponse(host, bytes, from);
    // An indication only keeps a NAT's door open, RFC 8445 section 11.
  }

  #onRequest(host: number, bytes: Uint8Array, from: Address): void {
    const request = readBindingRequest(bytes);
    if (request === undefined || !isAuthenticRequest(bytes, request, this.#user.users.passwordOf)) {
      this.#tally.refuse("stun-not-authentic");
    } else if (this.#changesNothing(request, host, from)) {
      this.#user.relocation.heardOnPath();
      this.#user.reply(host, writeSuccess(bytes, from, this.#user.users.passwordOf(request.fragment)!), from);
    } else {
      if (this.#known.add(from, this.#user.path?.to)) this.#tally.refuse("too-many-sources");
      this.#pass("request", host, bytes, from);
      if (this.#isElsewhere(request, host, from)) this.#user.relocation.askedFrom(host, from);
    }
  }

  /** Whether a request of the path's own generation came another way. */
  #isElsewhere({ fragment, role }: BindingRequest, host: number, from: Address): boolean {
    const { path } = this.#user;
    if (path === undefined || isOn(path, host, from) || fragment !== path.ours.fragment) return false;
    return role !== undefined && role !== path.role;
  }

  #noteMedia(host: number, from: Address): void {
    const { path, relocation } = this.#user;
    if (path === undefined) return;
    if (isOn(path, host, from)) relocation.heardOnPath();
    else relocation.mediaFrom(host, from);
  }

  /** Whether a request says what the path in use rests on already: the same addresses, the same generation, the same parts. */
  #changesNothing({ fragment, role, isStrange }: BindingRequest, host: number, from: Address): boolean {
    const { path, users } = this.#user;
    if (path === undefined || isStrange || !isOn(path, host, from)) return false;
    const isOfPath = fragment === path.ours.fragment || !users.isLatest(fragment);
    return isOfPath && role !== undefined && role !== path.role;
  }

  #onResponse(host: number, bytes: Uint8Array, from: Address): void {
    const { path, relocation } = this.#user;
    if (path !== undefined && isOn(path, host, from) && this.#user.onResponse(bytes)) return relocation.heardOnPath();
    if (relocation.take(host, bytes, from)) return;
    this.#passKnown("response", host, bytes, from);
  }

  #onDtls(host: number, bytes: Uint8Array, from: Address): void {
    const isHandshake = bytes[0] === dtlsRecord.handshake || bytes[0] === dtlsRecord.changeCipherSpec;
    // Afterwards a browser says goodbye by an alert; calls end by signalling.
    if (isHandshake || !this.#user.hasKeys) this.#passKnown("dtls", host, bytes, from);
    else if (!this.#known.has(from)) this.#tally.refuse("wrong-source");
  }

  #passKnown(kind: keyof Passed, host: number, bytes: Uint8Array, from: Address): void {
    if (this.#known.has(from)) this.#pass(kind, host, bytes, from);
    else this.#tally.refuse("wrong-source");
  }

  #pass(kind: keyof Passed, host: number, bytes: Uint8Array, from: Address): void {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#second.beganMs >= 1000) this.#second = { beganMs: nowMs, passed: nonePassed() };
    this.#second.passed[kind] += 1;
    if (this.#second.passed[kind] > mostPerSecond) this.#tally.refuse("too-many-at-once");
    else this.#user.onHandshake(host, bytes, from);
  }
}

const isOn = ({ host, to }: ChosenPath, onHost: number, from: Address): boolean =>
  host === onHost && to.port === from.port && to.address === from.address;
