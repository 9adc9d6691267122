import { requestUri } from "../dialog/route.ts";
import { wishInInvite } from "../dialog/session-timer.ts";
import { Overloaded, TransactionTimeout } from "../kernel/errors.ts";
import { newCallId, newTag } from "../kernel/random.ts";
import { headers } from "../message/headers.ts";
import type { SipRequest } from "../message/message.ts";
import type { Resolver } from "../transport/resolver.ts";
import { type Flow, isWebSocket } from "../transport/transport.ts";
import type { Outcome, OutgoingCall, OutgoingCallOptions, OutgoingRequestOptions } from "./call.ts";
import { contactFor, dressRequest } from "./compose.ts";
import type { Core } from "./core.ts";
import { Destinations } from "./destinations.ts";
import { OutboundCall } from "./outgoing-call.ts";
import { prove } from "./prove.ts";
import { ClientRegistration, type RegistrationOptions } from "./registration.ts";
import { Signer } from "./signer.ts";

type First = {
  readonly uri: string;
  readonly from: string;
  readonly to: string;
  readonly callId?: string;
  readonly maxForwards?: number;
};

/** Sends what starts outside a dialog: calls and single requests. */
export class OutgoingRequests {
  readonly #core: Core;
  readonly #destinations: Destinations;

  constructor(core: Core, resolver: Resolver | undefined) {
    this.#core = core;
    this.#destinations = new Destinations(core, resolver);
  }

  call(options: OutgoingCallOptions, isFull: boolean): OutgoingCall {
    const flow = this.#destinations.flowTo(options.destination, options.contactUser);
    const profile = this.#core.shownOn(flow);
    const contact = contactFor(profile, flow, options.contactUser);
    const request = dressRequest(this.#invite(options, flow), profile, contact, options);
    const call = new OutboundCall(this.#core, request, flow, options);
    this.#core.calls.add(call);
    if (isFull) call.onFailure(new Overloaded("too many dialogs"));
    else call.start();
    return call;
  }

  /** Resolves with the final response or the error; never rejects. Challenges are answered. */
  async request(options: OutgoingRequestOptions): Promise<Outcome> {
    const flow = this.#destinations.flowTo(options.destination);
    const { random } = this.#core;
    const profile = this.#core.shownOn(flow);
    const request = dressRequest(this.#first(options.method, options), profile, contactFor(profile, flow), options);
    const signer = new Signer(options.credentials, random);
    const { outcome } = await prove(request, signer, (proven) => this.#exchange(proven, flow, options.timeoutMs));
    return outcome;
  }

  /** A registration that has begun; `ended` hears when it is over. */
  register(options: RegistrationOptions, ended: (registration: ClientRegistration) => void): ClientRegistration {
    const { clock, profile, random } = this.#core;
    const contact = contactFor(
      profile,
      this.#destinations.flowTo(options.destination, options.contactUser),
      options.contactUser,
    );
    const extra = options.headers === undefined ? {} : { headers: options.headers };
    const registration: ClientRegistration = new ClientRegistration(options, {
      clock,
      random,
      contact,
      send: (request) =>
        this.#exchange(
          dressRequest(request, profile, contact, extra),
          this.#destinations.flowTo(options.destination, options.contactUser),
        ),
      ended: () => ended(registration),
    });
    registration.start();
    return registration;
  }

  #exchange(request: SipRequest, flow: Flow, timeoutMs = Number.POSITIVE_INFINITY): Promise<Outcome> {
    const { clock, transactions } = this.#core;
    return new Promise((resolve) => {
      const settle = (outcome: Outcome): void => {
        cancel();
        resolve(outcome);
      };
      const waitMs = Math.min(timeoutMs, this.#destinations.longestWaitMs(flow));
      const cancel = clock.after(waitMs, () =>
        resolve({ ok: false, error: new TransactionTimeout(`No final response came within ${waitMs / 1000} s.`) }),
      );
      transactions.request(request, flow, {
        onResponse: (response) => response.status >= 200 && settle({ ok: true, response }),
        onFailure: (error) => settle({ ok: false, error }),
      });
    });
  }

  /** A browser chooses by itself whether it wants session timers: only other peers are asked for them. */
  #invite(options: OutgoingCallOptions, flow: Flow): SipRequest {
    const first = this.#first("INVITE", options);
    const { sessionTimes } = this.#core;
    const wish = isWebSocket(flow) || sessionTimes === undefined ? [] : wishInInvite(sessionTimes);
    const reliable = options.reliable === "required" ? "Require" : "Supported";
    const wanted = options.reliable === undefined ? [] : [[reliable, "100rel"] as const];
    return { ...first, headers: first.headers.and(headers([...wanted, ...wish])) };
  }

  #first(method: string, { uri, from, to, callId, maxForwards = 70 }: First): SipRequest {
    const { random } = this.#core;
    const fields: [string, string][] = [
      ["Max-Forwards", String(maxForwards)],
      ["From", `${from};tag=${newTag(random)}`],
      ["To", to],
      ["Call-ID", callId ?? newCallId(random)],
      ["CSeq", `1 ${method}`],
    ];
    return { kind: "request", method, uri: requestUri(uri), headers: headers(fields), body: new Uint8Array(0) };
  }
}
