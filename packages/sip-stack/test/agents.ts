import { expect } from "vitest";
import {
  type AttachOptions,
  type CallEnd,
  type IncomingCall,
  type IncomingOffer,
  type IncomingRequest,
  type OutgoingCall,
  type OutgoingCallOptions,
  type OutgoingCallUser,
  type SipResponse,
  sdpBody,
  type Transport,
  type UserAgent,
  type UserAgentOptions,
  udpTransport,
  userAgent,
  type WireEvent,
} from "../src/index.ts";
import {
  FakeClock,
  type MemoryNetwork,
  type MemoryNetworkOptions,
  memoryNetwork,
  seededRandom,
} from "../src/testing/index.ts";

export const offer = sdpBody("v=0\r\ns=offer\r\n");
export const answer = sdpBody("v=0\r\ns=answer\r\n");
export const offerText = "v=0\r\ns=offer\r\n";
export const answerText = "v=0\r\ns=answer\r\n";

/** Remembers what a call reported; a test may put its own behaviour in. */
export class Recorder implements OutgoingCallUser {
  readonly ringing: { status: number; sdp: string | undefined; response: SipResponse }[] = [];
  readonly answered: { sdp: string | undefined; response: SipResponse }[] = [];
  readonly answers: string[] = [];
  readonly ends: CallEnd[] = [];
  readonly late: string[] = [];
  readonly offers: IncomingOffer[] = [];
  readonly requests: IncomingRequest[] = [];
  settle: (offer: IncomingOffer) => void = (incoming) => incoming.accept(answer);

  onRinging(response: SipResponse, sdp: string | undefined): void {
    this.ringing.push({ status: response.status, sdp, response });
  }
  onAnswered(response: SipResponse, sdp: string | undefined): void {
    this.answered.push({ sdp, response });
  }
  onAnswer(sdp: string): void {
    this.answers.push(sdp);
  }
  onEnded(end: CallEnd): void {
    this.ends.push(end);
  }
  onAckLate(contact: string): void {
    this.late.push(contact);
  }
  onOffer(incoming: IncomingOffer): void {
    this.offers.push(incoming);
    this.settle(incoming);
  }
  onRequest(request: IncomingRequest): void {
    this.requests.push(request);
    request.respond(200);
  }
}

/** One user agent with what it heard and sent. */
export class Agent {
  readonly agent: UserAgent;
  readonly wire: WireEvent[] = [];
  readonly incoming: { readonly call: IncomingCall; readonly user: Recorder }[] = [];
  readonly requests: IncomingRequest[] = [];
  onCall: (call: IncomingCall, user: Recorder) => void = () => {};
  /** What it settles about every call that comes in. */
  attach: AttachOptions = {};

  constructor(
    clock: FakeClock,
    transports: readonly Transport[],
    seed: number,
    options: Partial<UserAgentOptions> = {},
  ) {
    this.agent = userAgent({
      transports,
      clock,
      random: seededRandom(seed),
      observer: { onWire: (event) => this.wire.push({ ...event, bytes: new Uint8Array(event.bytes) }) },
      user: {
        onCall: (call) => this.take(call),
        onRequest: (request) => {
          this.requests.push(request);
          request.respond(200);
        },
      },
      ...options,
    });
  }

  /** Start lines in order: `> INVITE`, `< 180`. */
  get ladder(): string[] {
    return this.wire.map(({ direction, message }) => {
      const what = message?.kind === "request" ? message.method : String(message?.status ?? "?");
      return `${direction === "out" ? ">" : "<"} ${what}`;
    });
  }

  last(): { readonly call: IncomingCall; readonly user: Recorder } {
    const latest = this.incoming.at(-1);
    if (latest === undefined) throw new Error("no call has come in");
    return latest;
  }

  take(call: IncomingCall): void {
    const user = new Recorder();
    call.attach(user, { reach: () => true, ...this.attach });
    this.incoming.push({ call, user });
    this.onCall(call, user);
  }
}

/** Two user agents on one network in memory. */
export type Scene = {
  readonly clock: FakeClock;
  readonly network: MemoryNetwork;
  readonly alice: Agent;
  readonly bob: Agent;
  /** Alice calls Bob. */
  dial(options?: Partial<OutgoingCallOptions>): { readonly call: OutgoingCall; readonly user: Recorder };
  /** Waits until every transaction is through and asserts that nothing is left on either side. */
  rest(): Promise<void>;
};

export const aliceAt = { address: "10.0.0.1", port: 5060 };
export const bobAt = { address: "10.0.0.2", port: 5060 };

/** Opens two user agents that find each other over UDP. */
export async function scene(
  network: Partial<MemoryNetworkOptions> = {},
  bobs: Partial<UserAgentOptions> = {},
): Promise<Scene> {
  const clock = new FakeClock();
  const memory = memoryNetwork({ delayMs: 5, ...network, clock });
  const seed = network.seed ?? 1;
  const alice = new Agent(clock, [udpTransport({ bind: aliceAt, network: memory })], seed * 2 + 1);
  const bob = new Agent(clock, [udpTransport({ bind: bobAt, network: memory })], seed * 2 + 2, bobs);
  await Promise.all([alice.agent.listen(), bob.agent.listen()]);
  return {
    clock,
    network: memory,
    alice,
    bob,
    dial: (options) => dial(alice, { transport: "udp", ...bobAt }, options),
    rest: () => rest(clock, [alice, bob]),
  };
}

export function dial(
  caller: Agent,
  destination: OutgoingCallOptions["destination"],
  options: Partial<OutgoingCallOptions> = {},
) {
  const user = new Recorder();
  const call = caller.agent.call({
    uri: "sip:bob@10.0.0.2",
    from: "<sip:alice@10.0.0.1>",
    to: "<sip:bob@10.0.0.2>",
    destination,
    body: offer,
    user,
    ...options,
  });
  return { call, user };
}

export async function rest(clock: FakeClock, agents: readonly Agent[]): Promise<void> {
  await clock.advance(80_000);
  for (const { agent } of agents) {
    expect(agent.counters().live).toEqual({ transactions: 0, dialogs: 0, calls: 0, timers: 0 });
  }
}
