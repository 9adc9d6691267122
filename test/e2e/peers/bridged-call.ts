import type { LegStatistics, MediaRelay, MediaSession } from "@trunkline/media-relay";
import {
  bodyText,
  type Call,
  type CallUser,
  type IncomingCall,
  type OutgoingCallUser,
  sdpBody,
  type UserAgent,
} from "@trunkline/sip-stack";
import { PlainParty } from "./plain-party.ts";
import type { Subscriber } from "./subscriber.ts";

/** A key press as the relay told of it. */
export type Digit = { readonly key: string; readonly durationMs: number };

type Side = "caller" | "called";
type Parties = Readonly<Record<Side, Subscriber>>;

/** Two dialogs and two legs, joined. What its caller and the one who is called do is told apart. */
export class BridgedCall {
  readonly digits: Readonly<Record<Side, Digit[]>> = { caller: [], called: [] };
  /** Packets that came so far, by the relay's statistics of each second. */
  readonly packets: Record<Side, number> = { caller: 0, called: 0 };
  /** Resolves when both sides are over, with the last statistics. */
  readonly over: Promise<Readonly<Record<Side, LegStatistics>>>;
  readonly #inbound: IncomingCall;
  readonly #sides = new Map<string, Side>();
  readonly #ends = { caller: Promise.withResolvers<void>(), called: Promise.withResolvers<void>() };
  readonly #last: Partial<Record<Side, LegStatistics>> = {};
  readonly #closed = Promise.withResolvers<void>();
  #outbound: Call | undefined;

  /** Inside `onCall`. */
  constructor(inbound: IncomingCall) {
    this.#inbound = inbound;
    inbound.attach(this.#userOf("caller", () => this.#outbound));
    this.over = this.#closed.promise.then(() => this.#last as Record<Side, LegStatistics>);
  }

  /** Calls the one who is called. Resolves when both have answered, rejects when one of them does not or has no usable SDP. */
  async connect(agent: UserAgent, relay: MediaRelay, { caller, called }: Parties): Promise<void> {
    const session = await this.#open(relay);
    const [near, far] = [await PlainParty.in(session, caller), await PlainParty.in(session, called)];
    this.#sides.set(near.leg.id, "caller").set(far.leg.id, "called");
    await session.join(near.leg.id, far.leg.id);
    const answer = await this.#call(agent, called, far.offer());
    await far.accept(answer);
    this.#inbound.answer(sdpBody(await near.answer(bodyText(this.#inbound.invite) ?? "")));
  }

  async #open(relay: MediaRelay): Promise<MediaSession> {
    const session = await relay.open({
      onDigit: (leg, key, durationMs) => this.digits[this.#sides.get(leg)!].push({ key, durationMs }),
      onStatistics: (legs) => {
        for (const { leg, received } of legs) this.packets[this.#sides.get(leg)!] = received.packets;
      },
      onClosed: (last) => this.#keep(last),
    });
    const { caller, called } = this.#ends;
    void Promise.all([caller.promise, called.promise]).then(() => session.close());
    return session;
  }

  #keep(last: LegStatistics): void {
    this.#last[this.#sides.get(last.leg)!] = last;
    if (this.#last.caller !== undefined && this.#last.called !== undefined) this.#closed.resolve();
  }

  /** Resolves with the answer of the one who is called. */
  #call(agent: UserAgent, { name, address }: Subscriber, offer: string): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const user: OutgoingCallUser = {
      ...this.#userOf("called", () => this.#inbound),
      onRinging: () => this.#inbound.ring(180),
      onAnswered: (_, sdp) => resolve(sdp ?? ""),
    };
    this.#outbound = agent.call({
      uri: `sip:${name}@${address}:5060`,
      from: (this.#inbound.invite.headers.get("From") ?? "").replace(/;tag=[^;]*/, ""),
      to: `<sip:${name}@${address}>`,
      destination: { transport: "udp", address, port: 5060 },
      body: sdpBody(offer),
      user,
    });
    void this.#ends.called.promise.then(() => reject(new Error(`${name} did not answer`)));
    return promise;
  }

  /** A side that never changes its mind about the call, and ends the other with itself. */
  #userOf(side: Side, other: () => Call | undefined): CallUser {
    return {
      onOffer: (offer) => offer.reject(488),
      onRequest: (incoming) => incoming.respond(501),
      onAnswer: () => {},
      onEnded: () => {
        this.#ends[side].resolve();
        other()?.hangUp();
      },
    };
  }
}
