import type { Clock } from "../kernel/clock.ts";
import { type RandomBytes, random32 } from "../kernel/random.ts";
import { carriesIntegrity } from "../stun/integrity.ts";
import { messageType, transactionBytes, transactionOf, typeOf } from "../stun/message.ts";
import { writeRequest } from "../stun/write.ts";
import type { ChosenPath } from "../webrtc/handshake.ts";

/** RFC 7675 section 5.1: asked every five seconds, more or less a fifth; lost when nothing was answered for thirty. */
const askEveryMs = 5000;
const expiresAfterMs = 30_000;
/** As many as can be open before consent expires. */
const mostOpen = 8;

/** What consent on a path needs and reports. */
export interface ConsentUser {
  send(bytes: Uint8Array): void;
  /** Once; nothing is asked afterwards. */
  onLost(): void;
}

/** Asks the browser again and again whether it still wants what is sent to it over one path, RFC 7675. */
export class Consent {
  readonly #clock: Clock;
  readonly #random: RandomBytes;
  readonly #user: ConsentUser;
  readonly #open: string[] = [];
  #path: ChosenPath;
  #cancelAsk: () => void;
  #cancelExpiry: () => void;
  /** Begins with consent: the check that chose the path was an answer. */
  constructor(path: ChosenPath, clock: Clock, random: RandomBytes, user: ConsentUser) {
    this.#path = path;
    this.#clock = clock;
    this.#random = random;
    this.#user = user;
    this.#cancelAsk = this.#armAsk();
    this.#cancelExpiry = this.#armExpiry();
  }

  /** What is known of the same path changed: the parts that both sides play. */
  update(path: ChosenPath): void {
    this.#path = path;
  }

  /** Takes a response. @returns whether it answers a question of ours. */
  take(response: Uint8Array): boolean {
    const at = this.#open.indexOf(keyOf(transactionOf(response)));
    if (at < 0) return false;
    const agrees = typeOf(response) === messageType.success && carriesIntegrity(response, this.#path.theirs.password);
    if (agrees) this.#renew(at);
    return true;
  }

  /** Asks no more; idempotent. */
  close(): void {
    this.#cancelAsk();
    this.#cancelExpiry();
    this.#open.length = 0;
  }

  #renew(at: number): void {
    this.#open.splice(at, 1);
    this.#cancelExpiry();
    this.#cancelExpiry = this.#armExpiry();
  }

  #armExpiry(): () => void {
    return this.#clock.after(expiresAfterMs, () => {
      this.close();
      this.#user.onLost();
    });
  }

  #armAsk(): () => void {
    const share = 0.8 + 0.4 * (random32(this.#random) / 2 ** 32);
    return this.#clock.after(askEveryMs * share, () => {
      this.#cancelAsk = this.#armAsk();
      this.#ask();
    });
  }

  #ask(): void {
    const { ours, theirs, role, tieBreaker } = this.#path;
    const transaction = this.#random(transactionBytes);
    this.#open.push(keyOf(transaction));
    if (this.#open.length > mostOpen) this.#open.shift();
    const username = `${theirs.fragment}:${ours.fragment}`;
    this.#user.send(writeRequest({ transaction, username, role, tieBreaker, password: theirs.password }));
  }
}

const keyOf = (transaction: Uint8Array): string => Buffer.from(transaction).toString("latin1");
