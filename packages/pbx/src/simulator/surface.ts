import type { Announcement, MediaRelay } from "@trunkline/media-relay";
import type {
  Address,
  Clock,
  DatagramNetwork,
  RandomBytes,
  UserAgentCounters,
  WireObserver,
} from "@trunkline/sip-stack";
import type { SimulatedCall } from "./outcome.ts";

export type SimulatorOptions = {
  /** Where the connector listens, the first being where its own calls come from first; media is bound to the same addresses. */
  readonly binds: readonly [Address, ...Address[]];
  /** The PBX's trunk address: where calls of the telephone network go. */
  readonly target: Address;
  /** The account's numbers in E.164. */
  readonly owned: readonly string[];
  /** Countries that may be dialled, ISO 3166 two letters; default: the United States and Canada. */
  readonly callingCountries?: readonly string[];
  /** Default 100: the real quota of 1 would only be in the way of trying things out. */
  readonly callsPerSecond?: number;
  /** The recording of the number that ends with one. */
  readonly announcement: Announcement;
  /** Its media; not closed with the simulator. */
  readonly relay: MediaRelay;
  readonly network?: DatagramNetwork;
  readonly clock?: Clock;
  readonly random?: RandomBytes;
  /** Sees every message of the connector as it is on the wire, outside its border proxy. */
  readonly observer?: WireObserver;
};

/** A call that the telephone network places to the PBX. */
export type SimulatedCallOptions = {
  readonly from: string;
  readonly to: string;
  /** What the caller does once someone answers: `echo` (default) sends back what she hears, `tone` plays one. */
  readonly sound?: "echo" | "tone";
  /** The frequencies of `tone`; default 1000 Hz. */
  readonly hz?: readonly number[];
  /** Its name for `hangUp`, so that it can be hung up while it rings; default: a fresh one. */
  readonly id?: string;
};

/** How an address of the connector fares: it serves, refuses all with 503, or says nothing at all. */
export type Fare = "well" | "refusing" | "dead";

/** The Amazon Chime SDK Voice Connector of loopback mode. */
export interface Simulator {
  /** Where it listens, in the order of `binds`. */
  readonly addresses: readonly Address[];
  /** Rejects when the address is taken. */
  listen(): Promise<void>;
  /** Calls the PBX; resolves when the call is answered, refused or has failed, never rejects. An answered call stays until someone hangs up. */
  call(call: SimulatedCallOptions): Promise<SimulatedCall>;
  /** How one of its addresses, counted from 0, fares from now on. */
  fare(at: number, how: Fare): void;
  /** Ends a simulated call whatever its state, with CANCEL or BYE; an unknown name is ignored. */
  hangUp(id: string): void;
  counters(): SimulatorCounters;
  /** Hangs up every call and leaves nothing: no socket, timer or port. May be called twice. */
  close(): Promise<void>;
}

export type SimulatorCounters = {
  /** Calls of either direction that are up or being set up. */
  readonly calls: number;
  readonly sip: UserAgentCounters;
  /** Messages that the border proxy dropped, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
};
