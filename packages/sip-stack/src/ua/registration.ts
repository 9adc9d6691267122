import type { Credentials } from "../auth/answer.ts";
import { cseqNumber } from "../dialog/dialog.ts";
import type { Clock } from "../kernel/clock.ts";
import { Machine, type Program } from "../kernel/machine.ts";
import { fraction, newCallId, newTag, type RandomBytes } from "../kernel/random.ts";
import { headers } from "../message/headers.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import { Timers } from "../transaction/timers.ts";
import { grantedSeconds, refreshAfterMs, retryAfterMs } from "./binding.ts";
import type { Destination, ExtraHeaders, Outcome } from "./call.ts";
import { prove } from "./prove.ts";
import { type RegistrationAction, type RegistrationState, registrationTable } from "./registration-table.ts";
import { Signer } from "./signer.ts";

/** Hears how a registration goes. */
export interface RegistrationUser {
  /** The registrar has our binding, for that many seconds; it is refreshed before they are over. */
  onRegistered(expiresS: number, response: SipResponse): void;
  /** An attempt failed; the next one comes after `retryMs`. */
  onFailed?(outcome: Outcome, retryMs: number): void;
}

/** What a registration needs. `aor` and `registrar` are URIs; a registrar is asked at the address of `destination`. */
export type RegistrationOptions = {
  readonly aor: string;
  readonly registrar: string;
  readonly destination: Destination;
  /** Seconds that are asked for; default 3600. */
  readonly expiresS?: number;
  readonly contactUser?: string;
  readonly credentials?: Credentials;
  readonly headers?: ExtraHeaders;
  readonly user: RegistrationUser;
};

/** A binding of ours, kept up until it is closed. */
export interface Registration {
  readonly state: RegistrationState;
  /** Removes the binding; resolves when that is done or has failed. Idempotent. */
  close(): Promise<void>;
}

/** What a registration uses of its user agent. */
export type RegistrationPort = {
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** Our Contact, in brackets. */
  readonly contact: string;
  /** Sends a request that is complete but for Via and what every request shows. Never rejects. */
  send(request: SipRequest): Promise<Outcome>;
  ended(): void;
};

type Event =
  | { readonly type: "accepted"; readonly response: SipResponse }
  | { readonly type: "refused"; readonly outcome: Outcome }
  | { readonly type: "brief" | "due" | "close" | "stop" };

const defaultExpiresS = 3600;
const mostExpiresS = 604_800;

/** Runs `registrationTable`: the same Call-ID and growing CSeq throughout, RFC 3261 section 10.2.4. */
export class ClientRegistration implements Registration {
  static readonly #program: Program<RegistrationState, Event, RegistrationAction, ClientRegistration> = {
    table: registrationTable,
    initial: "registering",
    actions: {
      register: (own) => void own.#send(own.#expiresS),
      remove: (own) => void own.#send(0),
      startRefresh: (own, event) => "response" in event && own.#wait(refreshAfterMs(own.#granted(event.response))),
      startRetry: (own, event) => "outcome" in event && own.#retry(event.outcome),
      stopTimer: (own) => own.#timers.stopAll(),
      reportRegistered: (own, event) => "response" in event && own.#reportRegistered(event.response),
      reportFailed: (own) => {
        own.#failures += 1;
      },
      reportEnded: (own) => {
        own.#port.ended();
        own.#reportOver();
      },
    },
  };

  readonly #options: RegistrationOptions;
  readonly #port: RegistrationPort;
  readonly #signer: Signer;
  readonly #timers: Timers<"next">;
  readonly #callId: string;
  readonly #tag: string;
  readonly #machine: Machine<RegistrationState, Event, RegistrationAction, ClientRegistration>;
  #reportOver: () => void = () => {};
  readonly #over = new Promise<void>((resolve) => {
    this.#reportOver = resolve;
  });
  #expiresS: number;
  #cseq = 0;
  #failures = 0;

  constructor(options: RegistrationOptions, port: RegistrationPort) {
    this.#options = options;
    this.#port = port;
    this.#signer = new Signer(options.credentials, port.random);
    this.#timers = new Timers(port.clock);
    this.#callId = newCallId(port.random);
    this.#tag = newTag(port.random);
    this.#expiresS = options.expiresS ?? defaultExpiresS;
    this.#machine = new Machine(ClientRegistration.#program, this);
  }

  get state(): RegistrationState {
    return this.#machine.state;
  }

  start(): void {
    void this.#send(this.#expiresS);
  }

  close(): Promise<void> {
    this.#dispatch({ type: "close" });
    return this.#over;
  }

  /** Drops everything without a word, when the user agent closes. */
  stop(): void {
    this.#dispatch({ type: "stop" });
  }

  #dispatch(event: Event): void {
    this.#machine.dispatch(event);
  }

  async #send(expiresS: number): Promise<void> {
    const signed = this.#signer.sign(this.#request(expiresS));
    const { request, outcome } = await prove(signed, this.#signer, (proven) => this.#port.send(proven));
    this.#cseq = cseqNumber(request);
    this.#judge(outcome);
  }

  #judge(outcome: Outcome): void {
    if (outcome.ok && outcome.response.status < 300) this.#dispatch({ type: "accepted", response: outcome.response });
    else if (this.#isBrief(outcome.response)) this.#dispatch({ type: "brief" });
    else this.#dispatch({ type: "refused", outcome });
  }

  /** A 423 that asks for more than we did, RFC 3261 section 10.2.8. */
  #isBrief(response: SipResponse | undefined): boolean {
    const text = response?.status === 423 ? (response.headers.get("Min-Expires") ?? "") : "";
    const leastS = /^\d{1,10}$/.test(text) ? Number(text) : 0;
    if (leastS <= this.#expiresS || leastS > mostExpiresS || this.#failures > 0) return false;
    this.#failures += 1;
    this.#expiresS = leastS;
    return true;
  }

  #granted(response: SipResponse): number {
    return grantedSeconds(response, this.#port.contact, this.#expiresS);
  }

  #reportRegistered(response: SipResponse): void {
    this.#failures = 0;
    this.#options.user.onRegistered(this.#granted(response), response);
  }

  #retry(outcome: Outcome): void {
    const retryMs = retryAfterMs(this.#failures, fraction(this.#port.random), outcome.response);
    this.#wait(retryMs);
    this.#options.user.onFailed?.(outcome, retryMs);
  }

  #wait(delayMs: number): void {
    this.#timers.start("next", delayMs, () => this.#dispatch({ type: "due" }));
  }

  #request(expiresS: number): SipRequest {
    this.#cseq += 1;
    const { aor, registrar } = this.#options;
    const fields: [string, string][] = [
      ["Max-Forwards", "70"],
      ["From", `<${aor}>;tag=${this.#tag}`],
      ["To", `<${aor}>`],
      ["Call-ID", this.#callId],
      ["CSeq", `${this.#cseq} REGISTER`],
      ["Contact", this.#port.contact],
      ["Expires", String(expiresS)],
    ];
    return { kind: "request", method: "REGISTER", uri: registrar, headers: headers(fields), body: new Uint8Array(0) };
  }
}
