import type { Source } from "@trunkline/media-relay";
import {
  type Address,
  type Clock,
  type IncomingCall,
  type OutgoingCall,
  type OutgoingCallUser,
  type RandomBytes,
  sdpBody,
  systemClock,
  systemRandom,
  type UserAgent,
  udpTransport,
  userAgent,
} from "@trunkline/sip-stack";
import { formatHostPort, isLoopback } from "../domain/address.ts";
import { Attempts } from "./attempts.ts";
import { CallFromPbx } from "./call-from-pbx.ts";
import { CallMedia } from "./call-media.ts";
import { CallToPbx } from "./call-to-pbx.ts";
import { answerFor, type DialRules } from "./dial-rules.ts";
import { EdgeTransport } from "./edge.ts";
import { callName, connectorId, sessionNumber, uuid } from "./identifiers.ts";
import { answerRequest } from "./in-dialog.ts";
import { failed, type SimulatedCall } from "./outcome.ts";
import { echo } from "./script.ts";
import type { SimulatedCallOptions, Simulator, SimulatorCounters, SimulatorOptions } from "./surface.ts";

export type { Simulator, SimulatorOptions } from "./surface.ts";

/** The private address that the connector's inside shows, as the real one does. */
const inside: Address = { address: "10.0.58.47", port: 5060 };
const product = "VineProx-v2.3";
const steadyTone: readonly number[] = [1000];
const defaults = { callingCountries: ["US", "CA"], callsPerSecond: 100 } as const;

/** Makes the Voice Connector of loopback mode; it is silent until `listen`. */
export const simulator = (options: SimulatorOptions): Simulator => new SimulatedConnector(options);

class SimulatedConnector implements Simulator {
  readonly #options: SimulatorOptions;
  readonly #rules: DialRules;
  readonly #clock: Clock;
  readonly #random: RandomBytes;
  readonly #attempts: Attempts;
  readonly #edge: EdgeTransport;
  readonly #agent: UserAgent;
  readonly #id: string;
  readonly #calls = new Map<string, CallFromPbx | CallToPbx>();

  constructor(options: SimulatorOptions) {
    this.#options = options;
    this.#rules = { ...defaults, ...options };
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? systemRandom;
    this.#attempts = new Attempts(this.#clock, this.#rules.callsPerSecond);
    this.#id = connectorId(this.#random);
    this.#edge = this.#makeEdge();
    this.#agent = this.#makeAgent();
  }

  get address(): Address {
    return this.#edge.local;
  }

  listen(): Promise<void> {
    return this.#agent.listen();
  }

  call(asked: SimulatedCallOptions): Promise<SimulatedCall> {
    const id = asked.id ?? callName(this.#random);
    if (this.#calls.has(id)) return Promise.resolve(failed(id, 400, "There is a call of this name already."));
    const call = new CallToPbx({
      id,
      sound: soundOf(asked),
      openMedia: this.#openMedia,
      invite: (offer, user) => this.#invite(asked, offer, user),
      onGone: () => this.#calls.delete(id),
    });
    this.#calls.set(id, call);
    call.start();
    return call.outcome;
  }

  hangUp(id: string): void {
    this.#calls.get(id)?.hangUp();
  }

  counters(): SimulatorCounters {
    return { calls: this.#calls.size, sip: this.#agent.counters(), dropped: this.#edge.counters() };
  }

  async close(): Promise<void> {
    await Promise.all(Array.from(this.#calls.values(), (call) => call.close()));
    await this.#agent.close();
  }

  #makeEdge(): EdgeTransport {
    const { bind, network, observer } = this.#options;
    const outer = udpTransport(network === undefined ? { bind } : { bind, network });
    return new EdgeTransport({ outer, inside, reach: this.#reach, clock: this.#clock, observer });
  }

  #makeAgent(): UserAgent {
    return userAgent({
      transports: [this.#edge],
      user: { onCall: (call) => this.#receive(call), onRequest: answerRequest },
      advertised: () => inside,
      product,
      sessionTimes: "off",
      clock: this.#clock,
      random: this.#random,
    });
  }

  #receive(call: IncomingCall): void {
    const id = callName(this.#random);
    const received = new CallFromPbx({
      call,
      script: answerFor(this.#attempts.read(call.invite), this.#rules),
      openMedia: this.#openMedia,
      reach: (hop) => this.#reach(hop.address),
      clock: this.#clock,
      onGone: () => this.#calls.delete(id),
    });
    this.#calls.set(id, received);
    received.start();
  }

  #invite({ from, to }: SimulatedCallOptions, offer: string, user: OutgoingCallUser): OutgoingCall {
    const { target } = this.#options;
    const host = formatHostPort(target);
    return this.#agent.call({
      uri: `sip:${to}@${host};transport=UDP`,
      from: `<sip:${from}@${formatHostPort(inside)}>`,
      to: `<sip:${to}@${host}>;transport=UDP`,
      destination: { transport: "udp", ...target },
      callId: uuid(this.#random),
      headers: [["X-VoiceConnector-ID", this.#id]],
      body: sdpBody(offer),
      reach: (hop) => this.#reach(hop.address),
      user,
    });
  }

  readonly #openMedia = (): Promise<CallMedia> => {
    const { relay, bind } = this.#options;
    return CallMedia.open({ relay, bind: bind.address, sessionId: sessionNumber(this.#random) });
  };

  /** The PBX, this machine, and the border proxy itself, which stands in every route set: whatever a Contact says. */
  readonly #reach = (address: string): boolean =>
    isLoopback(address) || [this.#options.target.address, this.#options.bind.address].includes(address);
}

const soundOf = ({ sound, hz }: SimulatedCallOptions): Source =>
  sound === "tone" ? { kind: "tone", hz: hz ?? steadyTone } : echo;
