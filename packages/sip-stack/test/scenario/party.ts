import {
  type Address,
  type AttachOptions,
  type Body,
  bodyText,
  type DatagramNetwork,
  type DatagramSocket,
  type IncomingCall,
  type IncomingRequest,
  type OutgoingCall,
  type OutgoingCallOptions,
  type Registration,
  type RegistrationOptions,
  sdpBody,
  type UserAgent,
  udpTransport,
  userAgent,
  type WebSocketTransport,
  webSocketTransport,
} from "../../src/index.ts";
import { type FakeClock, type MemoryNetwork, seededRandom } from "../../src/testing/index.ts";
import { Leg, textOf } from "./leg.ts";
import { ResponseRules } from "./rules.ts";

export type Taken = { readonly call: IncomingCall; readonly leg: Leg };
type PartyParts = { readonly clock: FakeClock; readonly network: Pick<MemoryNetwork, "bind">; readonly seed: number };

/** A session is refreshed after 45 s and over 60 s after the last refresh. */
const sessionTimes = { expiresS: 90, minS: 90 };
const longestRingMs = 60_000;

/** A user agent with a name and an address, and everything that it took part in. */
export class Party {
  readonly name: string;
  readonly address: Address;
  readonly legs: Leg[] = [];
  readonly taken: Taken[] = [];
  readonly requests: IncomingRequest[] = [];
  readonly registrations: Registration[] = [];
  readonly rules = new ResponseRules();
  /** What it does when it is called. */
  manner: (call: IncomingCall, leg: Leg) => void = (call, leg) => this.answer(call, leg);
  serve: (request: IncomingRequest) => void = (request) => request.respond(200);
  /** Who it says it is, and whom it asks for proof, in every call. */
  proofs: Pick<AttachOptions, "credentials" | "verifier"> = {};
  /** The least session interval that it takes. */
  minS = sessionTimes.minS;
  readonly #parts: PartyParts;
  agent!: UserAgent;
  webSockets!: WebSocketTransport;
  #lives = 0;
  #described = 0;
  #isDown = false;

  constructor(name: string, address: string, parts: PartyParts) {
    this.name = name;
    this.address = { address, port: 5060 };
    this.#parts = parts;
  }

  get uri(): string {
    return `sip:${this.name}@${this.address.address}`;
  }

  /** Begins, again after a crash, with nothing remembered. */
  async start(): Promise<void> {
    const { clock, seed } = this.#parts;
    const network = { bind: (...to: Parameters<DatagramNetwork["bind"]>) => this.#bind(...to) };
    this.#lives += 1;
    this.#isDown = false;
    this.webSockets = webSocketTransport({ clock });
    this.agent = userAgent({
      clock,
      random: seededRandom(seed + this.#lives * 1000),
      transports: [udpTransport({ bind: this.address, network }), this.webSockets],
      user: {
        onCall: (call) => this.#take(call),
        onRequest: (request) => {
          this.requests.push(request);
          this.serve(request);
        },
      },
      contactUser: this.name,
      supported: ["100rel"],
      allow: ["INFO", "REFER", "NOTIFY"],
      sessionTimes: { expiresS: Math.max(sessionTimes.expiresS, this.minS), minS: this.minS },
      ringingMs: longestRingMs,
      observer: { onWire: (event) => this.#isDown || this.rules.onWire(event) },
    });
    await this.agent.listen();
  }

  /** Is gone without a word to anybody. */
  async crash(): Promise<void> {
    this.#isDown = true;
    for (const leg of this.legs) leg.isGone = true;
    await this.agent.close();
  }

  /** New SDP, like no other. */
  readonly describe = (): Body => {
    this.#described += 1;
    return sdpBody(`v=0\r\ns=${this.name}-${this.#described}\r\n`);
  };

  dial(to: Pick<Party, "uri" | "address">, options: Partial<OutgoingCallOptions> & { offerless?: boolean } = {}): Leg {
    const { offerless = false, ...rest } = options;
    const leg = this.#newLeg();
    const body = offerless ? undefined : this.describe();
    leg.offered(body);
    leg.call = this.agent.call({
      uri: to.uri,
      from: `<${this.uri}>`,
      to: `<${to.uri}>`,
      destination: { transport: "udp", ...to.address },
      reach: () => true,
      user: leg,
      ...this.proofs,
      ...(body && { body }),
      ...rest,
    });
    return leg;
  }

  /** Answers an offer in a 2xx to a call without one. */
  acknowledge(leg: Leg, offer: string): void {
    const body = this.describe();
    leg.agree(offer, textOf(body));
    (leg.call as OutgoingCall).ack(body);
  }

  answer(call: IncomingCall, leg: Leg): void {
    if (call.state !== "early") return;
    const body = this.describe();
    const offer = bodyText(call.invite);
    if (offer === undefined) leg.offered(body);
    else leg.agree(offer, textOf(body));
    leg.isAnswered = true;
    call.answer(body);
  }

  register(at: Party, options: Partial<RegistrationOptions> = {}): Registration {
    const registration = this.agent.register({
      aor: this.uri,
      registrar: `sip:${at.address.address}`,
      destination: { transport: "udp", ...at.address },
      expiresS: 600,
      user: { onRegistered: () => {} },
      ...options,
    });
    this.registrations.push(registration);
    return registration;
  }

  request(to: Party, method: string) {
    const destination = { transport: "udp", ...to.address } as const;
    return this.agent.request({ method, uri: to.uri, from: `<${this.uri}>`, to: `<${to.uri}>`, destination });
  }

  async #bind(...to: Parameters<DatagramNetwork["bind"]>): Promise<DatagramSocket> {
    const socket = await this.#parts.network.bind(...to);
    return { ...socket, send: (bytes, address) => this.#isDown || socket.send(bytes, address) };
  }

  #newLeg(): Leg {
    const leg = new Leg(this.describe);
    this.legs.push(leg);
    return leg;
  }

  #take(call: IncomingCall): void {
    const leg = this.#newLeg();
    leg.call = call;
    call.attach(leg, { reach: () => true, ...this.proofs });
    this.taken.push({ call, leg });
    this.manner(call, leg);
  }
}
