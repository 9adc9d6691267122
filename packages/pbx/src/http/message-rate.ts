import type { AdoptedSocket, Clock } from "@trunkline/sip-stack";

/** How many messages of one user's are taken: so many at once, and so many a second after those. */
export type MessageLimits = { readonly burst: number; readonly perSecond: number };

/** A call of a browser's has some ten messages, and each pressed key may be one. */
export const defaultMessageLimits: MessageLimits = { burst: 200, perSecond: 50 };

/** The messages of one user, over all of his sockets. */
export class MessageRate {
  readonly #clock: Clock;
  readonly #limits: MessageLimits;
  #left: number;
  #atMs: number;

  constructor(clock: Clock, limits: MessageLimits) {
    this.#clock = clock;
    this.#limits = limits;
    this.#left = limits.burst;
    this.#atMs = clock.nowMs();
  }

  /** @returns false when it is one too many */
  take(): boolean {
    const { burst, perSecond } = this.#limits;
    const nowMs = this.#clock.nowMs();
    this.#left = Math.min(burst, this.#left + ((nowMs - this.#atMs) / 1000) * perSecond);
    this.#atMs = nowMs;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}

/** The same socket, of whose messages only those are heard that `admits` lets through. */
export function metered(socket: AdoptedSocket, admits: () => boolean): AdoptedSocket {
  type Event = "message" | "close" | "error" | "pong";
  return {
    get bufferedAmount() {
      return socket.bufferedAmount;
    },
    send: (data, done) => socket.send(data, done),
    close: (code, reason) => socket.close(code, reason),
    ping: () => socket.ping?.(),
    terminate: () => socket.terminate?.(),
    on: (event: Event, listener: (...args: never[]) => void) =>
      socket.on(event as "message", (...args: readonly unknown[]) => {
        if (event !== "message" || admits()) listener(...(args as never[]));
      }),
  };
}
