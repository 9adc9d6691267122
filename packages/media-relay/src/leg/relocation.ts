import type { Clock } from "../kernel/clock.ts";
import type { Address } from "../kernel/datagrams.ts";
import type { RandomBytes } from "../kernel/random.ts";
import { carriesIntegrity } from "../stun/integrity.ts";
import { messageType, transactionBytes, transactionOf, typeOf } from "../stun/message.ts";
import { writeRequest } from "../stun/write.ts";
import type { ChosenPath } from "../webrtc/handshake.ts";

/** A browser that is there is heard more often than this: it asks or answers at least every five seconds. */
const silentMs = 7000;

/** What a relocation needs and reports. */
export interface RelocationUser {
  readonly path: ChosenPath | undefined;
  send(host: number, bytes: Uint8Array, to: Address): void;
  /** The browser is there now; it has answered from there. */
  onMoved(host: number, to: Address): void;
}

/** A socket of ours and the address beyond it. */
type Place = { readonly host: number; readonly from: Address };

/**
 * Finds the browser again when a NAT has changed its mapping: a check from an unknown address is answered by a check to there
 * (RFC 8445 sections 7.3.1.3 and 7.3.1.4), and the path moves once that is answered too and the browser is no longer heard
 * over the path in use, or sends its media from there. ICE is not begun anew for it, whichever side is controlling.
 */
export class Relocation {
  readonly #clock: Clock;
  readonly #random: RandomBytes;
  readonly #user: RelocationUser;
  #heardMs = Number.NEGATIVE_INFINITY;
  #asked: (Place & { readonly transaction: Uint8Array }) | undefined;
  #answeredFrom: Place | undefined;
  constructor(clock: Clock, random: RandomBytes, user: RelocationUser) {
    this.#clock = clock;
    this.#random = random;
    this.#user = user;
  }

  /** Something came over the path in use. */
  heardOnPath(): void {
    this.#heardMs = this.#clock.nowMs();
  }

  /** An authentic request came from elsewhere. */
  askedFrom(host: number, from: Address): void {
    const { path } = this.#user;
    if (path === undefined) return;
    const { ours, theirs, role, tieBreaker } = path;
    const transaction = this.#random(transactionBytes);
    this.#asked = { host, from, transaction };
    const username = `${theirs.fragment}:${ours.fragment}`;
    this.#user.send(host, writeRequest({ transaction, username, role, tieBreaker, password: theirs.password }), from);
  }

  /** Takes a response. @returns whether it is one to the check. */
  take(host: number, response: Uint8Array, from: Address): boolean {
    const asked = this.#asked;
    if (asked === undefined || Buffer.compare(transactionOf(response), asked.transaction) !== 0) return false;
    const { path } = this.#user;
    const isRight = typeOf(response) === messageType.success && isAt(asked, host, from);
    if (path === undefined || !isRight || !carriesIntegrity(response, path.theirs.password)) return true;
    this.#asked = undefined;
    this.#answeredFrom = asked;
    if (this.#clock.nowMs() - this.#heardMs >= silentMs) this.#move();
    return true;
  }

  /** Media came from elsewhere; whether it is authentic is not known yet. */
  mediaFrom(host: number, from: Address): void {
    if (this.#answeredFrom !== undefined && isAt(this.#answeredFrom, host, from)) this.#move();
  }

  /** Another path is in use: what was found out about others is of before. */
  reset(): void {
    this.#asked = undefined;
    this.#answeredFrom = undefined;
    this.heardOnPath();
  }

  #move(): void {
    const { host, from } = this.#answeredFrom!;
    this.reset();
    this.#user.onMoved(host, from);
  }
}

const isAt = (place: Place, host: number, from: Address): boolean =>
  place.host === host && place.from.port === from.port && place.from.address === from.address;
