import type { Clock } from "../kernel/clock.ts";
import { type RandomBytes, random32 } from "../kernel/random.ts";
import { errorCode, errorCodeOf } from "../stun/error-code.ts";
import { carriesIntegrity } from "../stun/integrity.ts";
import { messageType, transactionBytes, transactionOf, typeOf } from "../stun/message.ts";
import { writeRequest } from "../stun/write.ts";
import type { ChosenPath } from "../webrtc/handshake.ts";

/**
 * RFC 7675 section 5.1: asked every five seconds, more or less a fifth; lost when nothing was answered for thirty. While an
 * answer is missing it is asked more often, to tell a lost path from a lost packet.
 */
const askEveryMs = 5000;
const askAgainMs = 1000;
const expiresAfterMs = 30_000;
/** So many questions without an answer in a row are no accident any more. */
const interruptedAfter = 4;
/** As many as can be open before consent expires. */
const mostOpen = 32;

/** What consent on a path needs and reports. */
export interface ConsentUser {
  send(bytes: Uint8Array): void;
  /** The browser has not answered for some seconds. Once, until it answers again. */
  onInterrupted(): void;
  /** Nothing was answered for thirty seconds, or the browser has revoked it. Once; nothing is asked afterwards. */
  onLost(how: "expired" | "revoked"): void;
}

/** Asks the browser again and again whether it still wants what is sent to it over one path, RFC 7675. */
export class Consent {
  readonly #clock: Clock;
  readonly #random: RandomBytes;
  readonly #user: ConsentUser;
  readonly #open: string[] = [];
  #path: ChosenPath;
  #unanswered = 0;
  #cancelAsk: () => void;
  #cancelExpiry: () => void;
  /** Begins with consent: the check that chose the path was an answer. */
  constructor(path: ChosenPath, clock: Clock, random: RandomBytes, user: ConsentUser) {
    this.#path = path;
    this.#clock = clock;
    this.#random = random;
    this.#user = user;
    this.#cancelAsk = this.#armAsk(askEveryMs);
    this.#cancelExpiry = this.#armExpiry();
  }

  /** What is known of the same path changed: the parts that both sides play. */
  update(path: ChosenPath): void {
    this.#path = path;
  }

  /**
   * Takes a response. What is not authentic changes nothing; an authentic 403 revokes consent (RFC 7675 section 5.2), other
   * errors do not.
   * @returns whether it answers a question of ours
   */
  take(response: Uint8Array): boolean {
    const at = this.#open.indexOf(keyOf(transactionOf(response)));
    if (at < 0) return false;
    if (!carriesIntegrity(response, this.#path.theirs.password)) return true;
    if (typeOf(response) === messageType.success) this.#renew(at);
    else if (errorCodeOf(response) === errorCode.forbidden) this.#lose("revoked");
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
    this.#unanswered = 0;
    this.#cancelAsk();
    this.#cancelAsk = this.#armAsk(askEveryMs);
    this.#cancelExpiry();
    this.#cancelExpiry = this.#armExpiry();
  }

  #armExpiry(): () => void {
    return this.#clock.after(expiresAfterMs, () => this.#lose("expired"));
  }

  #lose(how: "expired" | "revoked"): void {
    this.close();
    this.#user.onLost(how);
  }

  #armAsk(everyMs: number): () => void {
    const share = 0.8 + 0.4 * (random32(this.#random) / 2 ** 32);
    return this.#clock.after(everyMs * share, () => {
      this.#cancelAsk = this.#armAsk(askAgainMs);
      if (this.#unanswered === interruptedAfter) this.#user.onInterrupted();
      this.#unanswered += 1;
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
