import { type SessionAction, type SessionEvent, type SessionState, sessionTable } from "../dialog/session-table.ts";
import {
  type Fields,
  isTooBrief,
  minSeconds,
  type SessionTerms,
  type SessionTimes,
  termsInRequest,
  termsInResponse,
  termsOfRequest,
  termsOfResponse,
} from "../dialog/session-timer.ts";
import type { Clock } from "../kernel/clock.ts";
import { Machine, type Program } from "../kernel/machine.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import { Timers } from "../transaction/timers.ts";

/** What a session's time leads to. */
export type SessionUser = {
  /** It is our turn to refresh; `refreshFailed` says that it did not work. */
  refresh(): void;
  /** The peer has not refreshed, or not answered our refresh, in time. */
  expired(): void;
};

type Event = { readonly type: SessionEvent };

const maxRaises = 3;
const mostMinS = 86_400;
const leastRetryMs = 10_000;
const mostMarginMs = 32_000;
/** A refresh of ours is waited for at least this long: its INVITE may be repeated for 64*T1, or meet offers of the peer's. */
const leastAnswerMs = 40_000;

/** Keeps one dialog's session alive, RFC 4028: runs `sessionTable`, refreshes at half the interval. Without `times` never. */
export class Session {
  static readonly #program: Program<SessionState, Event, SessionAction, Session> = {
    table: sessionTable,
    initial: "off",
    actions: {
      startHalf: (own) => own.#start("due", own.#intervalMs / 2),
      startRetry: (own) => own.#start("due", Math.max(leastRetryMs, own.#intervalMs / 8)),
      startExpiry: (own) => own.#start("expired", own.#intervalMs - Math.min(mostMarginMs, own.#intervalMs / 3)),
      startRest: (own) => own.#start("expired", Math.max(leastAnswerMs, own.#intervalMs / 2 - mostMarginMs)),
      stop: (own) => own.#timers.stopAll(),
      refresh: (own) => own.#user.refresh(),
      expire: (own) => own.#user.expired(),
    },
  };

  readonly #times: SessionTimes | undefined;
  readonly #user: SessionUser;
  readonly #timers: Timers<"next">;
  readonly #machine: Machine<SessionState, Event, SessionAction, Session>;
  #terms: SessionTerms | undefined;
  #minS: number;
  #raises = 0;

  constructor(clock: Clock, times: SessionTimes | undefined, user: SessionUser) {
    this.#times = times;
    this.#minS = times?.minS ?? 0;
    this.#user = user;
    this.#timers = new Timers(clock);
    this.#machine = new Machine(Session.#program, this);
  }

  /** What a re-INVITE or UPDATE of ours says of the session. */
  get inRequest(): Fields {
    return this.#terms === undefined ? [] : termsInRequest(this.#terms, this.#minS);
  }

  /** The headers of a 422 to a request that asks for too little; `undefined`: it may be taken. */
  refusal(request: SipRequest): Fields | undefined {
    const minS = this.#times?.minS;
    return minS !== undefined && isTooBrief(request, minS) ? [["Min-SE", String(minS)]] : undefined;
  }

  /** Agrees to a request of the peer's; returns what our 2xx says of it. */
  agree(request: SipRequest): Fields {
    if (this.#times === undefined) return [];
    this.#settle(termsOfRequest(request, this.#times, this.#terms));
    return this.#terms === undefined ? [] : termsInResponse(this.#terms, request);
  }

  /** Takes the peer's 2xx to an INVITE or UPDATE of ours. */
  agreed(response: SipResponse): void {
    this.#raises = 0;
    if (this.#times !== undefined) this.#settle(termsOfResponse(response, this.#minS));
  }

  /** A refresh of ours had no 2xx. A 422 raises the interval to what the peer takes, RFC 4028 section 7.4. */
  refreshFailed(response: SipResponse | undefined): void {
    const minS = response?.status === 422 ? Math.min(minSeconds(response), mostMinS) : 0;
    this.#raises += 1;
    if (this.#terms === undefined || minS <= this.#minS || this.#raises > maxRaises) this.#dispatch("failed");
    else {
      this.#minS = minS;
      this.#terms = { ...this.#terms, intervalS: Math.max(this.#terms.intervalS, minS) };
      this.#dispatch("raised");
    }
  }

  close(): void {
    this.#dispatch("closed");
  }

  get #intervalMs(): number {
    return (this.#terms?.intervalS ?? 0) * 1000;
  }

  #settle(terms: SessionTerms | undefined): void {
    this.#terms = terms;
    if (terms === undefined) this.#dispatch("untimed");
    else this.#dispatch(terms.refresher === "us" ? "weRefresh" : "theyRefresh");
  }

  #start(type: "due" | "expired", delayMs: number): void {
    this.#timers.start("next", delayMs, () => this.#dispatch(type));
  }

  #dispatch(type: SessionEvent): void {
    this.#machine.dispatch({ type });
  }
}
