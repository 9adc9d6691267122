import { leastMinS, type SessionTimes } from "../dialog/session-timer.ts";
import { systemClock } from "../kernel/clock.ts";
import { systemRandom } from "../kernel/random.ts";
import { TransactionLayer } from "../transaction/layer.ts";
import { rfc3261Timers } from "../transaction/timers.ts";
import { TransportLayer } from "../transport/layer.ts";
import type { Flow } from "../transport/transport.ts";
import type { Outcome, OutgoingCall, OutgoingCallOptions, OutgoingRequestOptions, Target } from "./call.ts";
import { type Profile, profileOf } from "./compose.ts";
import type { Core } from "./core.ts";
import { CountingClock } from "./counting-clock.ts";
import { IncomingRequests } from "./incoming-requests.ts";
import type { UserAgentCounters, UserAgentOptions } from "./options.ts";
import { OutgoingRequests } from "./outgoing-requests.ts";
import type { ClientRegistration, Registration, RegistrationOptions } from "./registration.ts";
import { CallRegistry } from "./registry.ts";

const ownMethods = ["INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "UPDATE"];
const defaultRingingMs = 300_000;
const defaultExpiresS = 1800;
const defaultLimits = { maxTransactions: 40_000, maxDialogs: 2_000 };

/** Makes and takes calls and requests over any number of transports. */
export interface UserAgent {
  /** Opens the transports; rejects when one cannot be opened. */
  listen(): Promise<void>;
  call(options: OutgoingCallOptions): OutgoingCall;
  /** One request outside a dialog; resolves with its outcome and never rejects. */
  request(options: OutgoingRequestOptions): Promise<Outcome>;
  /** Registers a binding of ours and keeps it up, RFC 3261 section 10.2. */
  register(options: RegistrationOptions): Registration;
  /** The application knows the peer at this address: it is no longer an unknown source. */
  vouch(target: Target): void;
  /** Closes the connections that peers have opened and that `sourceGate` no longer admits. */
  closeRefused(): void;
  counters(): UserAgentCounters;
  /** Closes the transports and ends what is left without a word to the peers: hang up calls first. */
  close(): Promise<void>;
}

class StackUserAgent implements UserAgent {
  readonly #options: UserAgentOptions;
  readonly #clock: CountingClock;
  readonly #core: Core;
  readonly #maxDialogs: number;
  readonly #registrations = new Set<ClientRegistration>();
  readonly #incoming: IncomingRequests;
  readonly #outgoing: OutgoingRequests;

  constructor(options: UserAgentOptions) {
    const limits = { ...defaultLimits, ...options.limits };
    this.#options = options;
    this.#clock = new CountingClock(options.clock ?? systemClock);
    this.#core = coreOf(options, this.#clock, limits.maxTransactions);
    this.#maxDialogs = limits.maxDialogs;
    this.#incoming = new IncomingRequests(this.#core, options, limits.maxDialogs);
    this.#outgoing = new OutgoingRequests(this.#core, options.resolver);
  }

  listen(): Promise<void> {
    return this.#core.transactions.listen({
      onRequest: (transaction) => this.#incoming.receive(transaction),
      onCancel: (cancel, invite) => this.#incoming.cancel(cancel, invite),
      onAck: (ack, flow) => this.#incoming.ack(ack, flow),
      onFlowClosed: (flow) => this.#options.user.onFlowClosed?.(flow),
    });
  }

  call(options: OutgoingCallOptions): OutgoingCall {
    return this.#outgoing.call(options, this.#core.calls.size >= this.#maxDialogs);
  }

  request(options: OutgoingRequestOptions): Promise<Outcome> {
    return this.#outgoing.request(options);
  }

  register(options: RegistrationOptions): Registration {
    const registration = this.#outgoing.register(options, (ended) => this.#registrations.delete(ended));
    this.#registrations.add(registration);
    return registration;
  }

  vouch({ transport, address, port }: Target): void {
    const flow = this.#core.transport.flowTo(transport, { address, port });
    if (flow !== undefined) this.#core.transport.vouch(flow);
  }

  closeRefused(): void {
    this.#core.transport.closeRefused();
  }

  counters(): UserAgentCounters {
    const { transactions, transport, calls } = this.#core;
    const { live, retransmitted } = transactions;
    return {
      live: { transactions: live, dialogs: calls.dialogs, calls: calls.size, timers: this.#clock.pending },
      totals: { ...transport.totals, retransmitted, refused: transport.refusals.all() },
    };
  }

  async close(): Promise<void> {
    for (const registration of this.#registrations) registration.stop();
    this.#incoming.stop();
    this.#core.calls.stop();
    await this.#core.transactions.close();
  }
}

function shownBy(options: UserAgentOptions): Profile {
  const own = options.sessionTimes === "off" ? [] : ["timer"];
  const supported = [...new Set([...own, ...(options.supported ?? [])])];
  const reliable = supported.includes("100rel") ? ["PRACK"] : [];
  return profileOf({
    contactUser: options.contactUser ?? "trunkline",
    product: options.product,
    allow: [...new Set([...ownMethods, ...reliable, ...(options.allow ?? [])])],
    supported,
    advertised: options.advertised ?? ((flow) => flow.local),
  });
}

function sessionTimesOf({ sessionTimes = {} }: UserAgentOptions): SessionTimes | undefined {
  if (sessionTimes === "off") return undefined;
  const minS = Math.max(sessionTimes.minS ?? leastMinS, leastMinS);
  return { minS, expiresS: Math.max(sessionTimes.expiresS ?? defaultExpiresS, minS) };
}

function coreOf(options: UserAgentOptions, clock: CountingClock, maxTransactions: number): Core {
  const { transports, gate, sourceGate, standingOf, observer, random = systemRandom, timers = rfc3261Timers } = options;
  const profile = shownBy(options);
  const ownOnly = shownBy({ ...options, supported: [], allow: [] });
  const shownOn = (flow: Flow): Profile => (options.showsOwnOnly?.(flow) === true ? ownOnly : profile);
  const transport = new TransportLayer({ transports, clock, random, gate, sourceGate, standingOf, observer });
  const sentBy = profile.advertised;
  const transactions = new TransactionLayer({ transport, clock, random, maxTransactions, timers, sentBy });
  const { ringingMs = defaultRingingMs } = options;
  const calls = new CallRegistry();
  const sessionTimes = sessionTimesOf(options);
  return {
    clock,
    random,
    timers,
    ringingMs,
    sessionTimes,
    profile,
    shownOn,
    onAstray: (method, flow, why) => options.user.onAstray?.(method, flow, why),
    transport,
    transactions,
    calls,
  };
}

/** A user agent, RFC 3261 section 6. Nothing runs before `listen`. */
export function userAgent(options: UserAgentOptions): UserAgent {
  return new StackUserAgent(options);
}
