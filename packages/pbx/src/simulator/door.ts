import {
  type Address,
  type Clock,
  type IncomingCall,
  type IncomingRequest,
  type RandomBytes,
  type UserAgent,
  udpTransport,
  userAgent,
} from "@trunkline/sip-stack";
import { EdgeTransport } from "./edge.ts";
import { answerRequest } from "./in-dialog.ts";
import type { Fare, SimulatorOptions } from "./surface.ts";

export type DoorOptions = Pick<SimulatorOptions, "network" | "observer"> & {
  readonly bind: Address;
  /** The private address that the connector's inside shows. */
  readonly inside: Address;
  readonly reach: (address: string) => boolean;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly onCall: (call: IncomingCall) => void;
};

const product = "VineProx-v2.3";

/** One address of the connector: a border proxy with a user agent behind it. */
export class Door {
  readonly agent: UserAgent;
  readonly bind: Address;
  fare: Fare = "well";
  readonly #edge: EdgeTransport;

  constructor({ bind, network, observer, inside, reach, clock, random, onCall }: DoorOptions) {
    this.bind = bind;
    const outer = udpTransport(network === undefined ? { bind } : { bind, network });
    const isReached = (address: string): boolean => this.fare !== "dead" && reach(address);
    this.#edge = new EdgeTransport({ outer, inside, reach: isReached, clock, observer });
    this.agent = userAgent({
      transports: [this.#edge],
      user: {
        onCall: (call) => (this.fare === "refusing" ? call.reject(503) : onCall(call)),
        onRequest: (request) => this.#answer(request),
      },
      advertised: () => inside,
      product,
      sessionTimes: "off",
      clock,
      random,
    });
  }

  get local(): Address {
    return this.#edge.local;
  }

  /** Messages that went nowhere, by reason. */
  dropped(): Readonly<Record<string, number>> {
    return this.#edge.counters();
  }

  #answer(request: IncomingRequest): void {
    if (this.fare === "refusing") request.respond(503);
    else answerRequest(request);
  }
}
