import type { Clock } from "../kernel/clock.ts";

/** How long a connection may keep silent, in milliseconds. */
export type LivenessLimits = {
  /** Without a message or keep-alive either way the connection is closed. */
  readonly idleMs: number;
  /** A message that has begun must end within this time. */
  readonly stallMs: number;
  /** How often the peer is pinged, RFC 5626 section 4.4.1; absent: never. */
  readonly pingMs?: number | undefined;
  /** How long an answer to a ping may take. */
  readonly pongMs: number;
  /** How often a peer that must stay reachable is sent a keep-alive, which need not be answered. */
  readonly keepAliveMs: number;
};

/** What a connection does when its liveness says so. `dead` names a counter. */
export interface LivenessUser {
  ping(): void;
  pong(): void;
  dead(why: "idle" | "stalled" | "silent"): void;
}

const nothing = (): void => {};

/** Watches one connection: idle time, messages that never end, pings and pongs (RFC 5626 sections 3.5.1 and 4.4.1). */
export class Liveness {
  readonly #clock: Clock;
  readonly #limits: LivenessLimits;
  readonly #user: LivenessUser;
  #lastMs: number;
  #stopIdle = nothing;
  #stopStall = nothing;
  #stopPing = nothing;
  #stopKeepAlive = nothing;
  #isStarted = false;
  #awaitsPong = false;
  #isHalfPing = false;
  #mayBeAnsweredUntilMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, limits: LivenessLimits, user: LivenessUser) {
    this.#clock = clock;
    this.#limits = limits;
    this.#user = user;
    this.#lastMs = clock.nowMs();
  }

  start(): void {
    this.#armIdle(this.#limits.idleMs);
    this.#armPing();
  }

  stop(): void {
    this.#stopIdle();
    this.#stopStall();
    this.#stopPing();
    this.#stopKeepAlive();
  }

  /**
   * Sends keep-alives from now on, so that no middlebox forgets the connection. Most phones answer none (RFC 5626 has
   * the client ask), so a missing answer means nothing: the system notices a peer that is gone.
   */
  keepAlive(): void {
    this.#stopKeepAlive();
    this.#stopKeepAlive = this.#clock.after(this.#limits.keepAliveMs, () => {
      this.#mayBeAnsweredUntilMs = this.#clock.nowMs() + this.#limits.pongMs;
      this.#user.ping();
      this.keepAlive();
    });
  }

  /** A message went or came. */
  active(): void {
    this.#lastMs = this.#clock.nowMs();
    this.#isHalfPing = false;
  }

  /** Whether a message has begun and not ended. */
  partial(isPartial: boolean): void {
    if (isPartial === this.#isStarted) return;
    this.#isStarted = isPartial;
    this.#stopStall();
    if (isPartial) this.#stopStall = this.#clock.after(this.#limits.stallMs, () => this.#user.dead("stalled"));
  }

  /** Line breaks between messages: one answers our ping, two ask for an answer. Many at once get one answer. */
  lineBreaks(count: number): void {
    this.#lastMs = this.#clock.nowMs();
    if (count === 1 && this.#isAnswerToKeepAlive()) return;
    const left = count - (this.#awaitsPong ? 1 : 0) + (this.#isHalfPing ? 1 : 0);
    if (this.#awaitsPong) this.#armPing();
    this.#isHalfPing = left % 2 === 1;
    if (left >= 2) this.#user.pong();
  }

  #isAnswerToKeepAlive(): boolean {
    const isAnswer = this.#lastMs < this.#mayBeAnsweredUntilMs;
    this.#mayBeAnsweredUntilMs = Number.NEGATIVE_INFINITY;
    return isAnswer;
  }

  #armIdle(delayMs: number): void {
    this.#stopIdle = this.#clock.after(delayMs, () => {
      const leftMs = this.#lastMs + this.#limits.idleMs - this.#clock.nowMs();
      if (leftMs > 0) this.#armIdle(leftMs);
      else this.#user.dead("idle");
    });
  }

  #armPing(): void {
    const { pingMs, pongMs } = this.#limits;
    this.#stopPing();
    this.#awaitsPong = false;
    if (pingMs === undefined) return;
    this.#stopPing = this.#clock.after(pingMs, () => {
      this.#awaitsPong = true;
      this.#stopPing = this.#clock.after(pongMs, () => this.#user.dead("silent"));
      this.#user.ping();
    });
  }
}
