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
  type UserAgentCounters,
} from "@trunkline/sip-stack";
import { formatHostPort, isLoopback } from "../domain/address.ts";
import { Attempts } from "./attempts.ts";
import { CallFromPbx } from "./call-from-pbx.ts";
import { CallMedia } from "./call-media.ts";
import { CallToPbx } from "./call-to-pbx.ts";
import { answerFor, type DialRules } from "./dial-rules.ts";
import { Door } from "./door.ts";
import { callName, connectorId, sessionNumber, uuid } from "./identifiers.ts";
import { failed, type SimulatedCall } from "./outcome.ts";
import { echo } from "./script.ts";
import type { Fare, SimulatedCallOptions, Simulator, SimulatorCounters, SimulatorOptions } from "./surface.ts";
import { summed, summedCounters } from "./totals.ts";

export type { Simulator, SimulatorOptions } from "./surface.ts";

/** The private address that the connector's inside shows, as the real one does. */
const inside: Address = { address: "10.0.58.47", port: 5060 };
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
  readonly #doors: readonly Door[];
  readonly #id: string;
  readonly #calls = new Map<string, CallFromPbx | CallToPbx>();

  constructor(options: SimulatorOptions) {
    this.#options = options;
    this.#rules = { ...defaults, ...options };
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? systemRandom;
    this.#attempts = new Attempts(this.#clock, this.#rules.callsPerSecond);
    this.#id = connectorId(this.#random);
    this.#doors = options.binds.map((bind) => this.#makeDoor(bind));
  }

  get addresses(): readonly Address[] {
    return this.#doors.map(({ local }) => local);
  }

  async listen(): Promise<void> {
    for (const { agent } of this.#doors) await agent.listen();
  }

  call(asked: SimulatedCallOptions): Promise<SimulatedCall> {
    const id = asked.id ?? callName(this.#random);
    if (this.#calls.has(id)) return Promise.resolve(failed(id, 400, "There is a call of this name already."));
    const door = this.#doors.find(({ fare }) => fare === "well");
    if (door === undefined) return Promise.resolve(failed(id, 503, "No address of the connector is in service."));
    const call = new CallToPbx({
      id,
      sound: soundOf(asked),
      openMedia: () => this.#openMedia(door),
      invite: (offer, user) => this.#invite(door, asked, offer, user),
      onGone: () => this.#calls.delete(id),
    });
    this.#calls.set(id, call);
    call.start();
    return call.outcome;
  }

  hangUp(id: string): void {
    this.#calls.get(id)?.hangUp();
  }

  fare(at: number, how: Fare): void {
    const door = this.#doors[at];
    if (door !== undefined) door.fare = how;
  }

  counters(): SimulatorCounters {
    return {
      calls: this.#calls.size,
      sip: summedCounters(this.#doors.map(({ agent }): UserAgentCounters => agent.counters())),
      dropped: summed(this.#doors.map((door) => door.dropped())),
    };
  }

  async close(): Promise<void> {
    await Promise.all(Array.from(this.#calls.values(), (call) => call.close()));
    await Promise.all(this.#doors.map(({ agent }) => agent.close()));
  }

  #makeDoor(bind: Address): Door {
    const door: Door = new Door({
      ...this.#options,
      bind,
      inside,
      reach: this.#reach,
      clock: this.#clock,
      random: this.#random,
      onCall: (call) => this.#receive(door, call),
    });
    return door;
  }

  #receive(door: Door, call: IncomingCall): void {
    const id = callName(this.#random);
    const received = new CallFromPbx({
      call,
      script: answerFor(this.#attempts.read(call.invite), this.#rules),
      openMedia: (onDigit) => this.#openMedia(door, onDigit),
      reach: (hop) => this.#reach(hop.address),
      clock: this.#clock,
      onGone: () => this.#calls.delete(id),
    });
    this.#calls.set(id, received);
    received.start();
  }

  #invite(door: Door, { from, to }: SimulatedCallOptions, offer: string, user: OutgoingCallUser): OutgoingCall {
    const { target } = this.#options;
    const host = formatHostPort(target);
    return door.agent.call({
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

  #openMedia({ bind }: Door, onDigit?: (digit: string) => void): Promise<CallMedia> {
    return CallMedia.open({
      relay: this.#options.relay,
      bind: bind.address,
      sessionId: sessionNumber(this.#random),
      ...(onDigit !== undefined && { onDigit }),
    });
  }

  /** The PBX, this machine, and the border proxy itself, which stands in every route set: whatever a Contact says. */
  readonly #reach = (address: string): boolean =>
    isLoopback(address) ||
    this.#options.target.address === address ||
    this.#options.binds.some((bind) => bind.address === address);
}

const soundOf = ({ sound, hz }: SimulatedCallOptions): Source =>
  sound === "tone" ? { kind: "tone", hz: hz ?? steadyTone } : echo;
