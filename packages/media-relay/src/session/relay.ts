import { type Clock, type CountingClock, countingClock, systemClock } from "../kernel/clock.ts";
import type { DatagramNetwork } from "../kernel/datagrams.ts";
import { SessionClosed, SessionsFull } from "../kernel/errors.ts";
import { Moment } from "../kernel/moment.ts";
import { type RandomBytes, random32, randomHex, systemRandom } from "../kernel/random.ts";
import { Tally } from "../kernel/refusals.ts";
import { BrowserLegCore, type BrowserPlace } from "../leg/browser-leg.ts";
import type { LegContext, LegPolicy } from "../leg/leg.ts";
import { silenceDefaults } from "../leg/silence.ts";
import { Tones } from "../leg/tone.ts";
import { PortPool } from "../socket/port-pool.ts";
import { systemDatagrams } from "../socket/system-datagrams.ts";
import type { Handshakes } from "../webrtc/handshake.ts";
import type { MediaRelay, RelayCounters, RelayOptions, SessionUser, Splice, SpliceEnd } from "./api.ts";
import { Joins } from "./joins.ts";
import type { SessionPlace } from "./place.ts";
import { LocalSession } from "./session.ts";

/** Octets of a random session id. */
export const sessionIdOctets = 8;

const defaults = { portRestMs: 5000, maxSessions: 1000, maxLegsPerSession: 16 };

/** What the options leave out is by default. */
const policyOf = ({ silence, concealment = "g711AppendixI" }: RelayOptions): LegPolicy => ({
  silence: { ...silenceDefaults, ...silence },
  concealment,
});

/** The world a relay lives in; what is left out is the machine's own. */
export type RelaySurroundings = {
  readonly clock?: Clock;
  readonly network?: DatagramNetwork;
  readonly random?: RandomBytes;
};

/** A relay whose packets are in this thread; its handshakes are where they are given from, and closed with it. */
export class LocalRelay implements MediaRelay {
  readonly #options: RelayOptions & RelaySurroundings;
  readonly #clock: CountingClock;
  readonly #random: RandomBytes;
  readonly #tally = new Tally();
  readonly #plainPorts: PortPool;
  readonly #browserPorts: PortPool;
  readonly #handshakes: Handshakes;
  readonly #sessions = new Map<string, LocalSession>();
  readonly #place: SessionPlace;
  #isClosed = false;
  constructor(options: RelayOptions & RelaySurroundings, handshakes: Handshakes) {
    this.#options = options;
    this.#handshakes = handshakes;
    this.#clock = countingClock(options.clock ?? systemClock);
    this.#random = options.random ?? systemRandom;
    this.#plainPorts = this.#pool(options.plain.ports);
    this.#browserPorts = this.#pool(options.browser.ports);
    this.#place = this.#makePlace();
  }

  async open(user: SessionUser): Promise<LocalSession> {
    return this.openAs(randomHex(this.#random, sessionIdOctets), user);
  }

  /** Opens a session under an id that its caller has made. @throws SessionClosed or SessionsFull */
  openAs(id: string, user: SessionUser): LocalSession {
    if (this.#isClosed) throw new SessionClosed("the relay is closed");
    const max = this.#options.limits?.maxSessions ?? defaults.maxSessions;
    if (this.#sessions.size >= max) throw new SessionsFull(`the relay has ${max} sessions`);
    const session = new LocalSession(id, this.#place, user);
    this.#sessions.set(session.id, session);
    return session;
  }

  async splice(a: SpliceEnd, b: SpliceEnd): Promise<Splice> {
    const { joins } = this.#place;
    const [one, other] = [this.find(a.session.id).find(a.leg), this.find(b.session.id).find(b.leg)];
    joins.join(one, other);
    return {
      close: async () => {
        if (joins.areJoined(one, other)) joins.part(one);
      },
    };
  }

  /** A session by its id. @throws SessionClosed */
  find(id: string): LocalSession {
    const session = this.#sessions.get(id);
    if (session === undefined) throw new SessionClosed(`session ${id} is closed`);
    return session;
  }

  async counters(): Promise<RelayCounters> {
    const legs = Array.from(this.#sessions.values(), (session) => session.size);
    return {
      sessions: this.#sessions.size,
      legs: legs.reduce((sum, size) => sum + size, 0),
      ports: this.#plainPorts.inUse + this.#browserPorts.inUse,
      portsResting: this.#plainPorts.resting + this.#browserPorts.resting,
      handshakes: this.#handshakes.size,
      timers: this.#clock.pending - this.#plainPorts.resting - this.#browserPorts.resting,
      packets: this.#tally.packets,
      refused: this.#tally.refused,
    };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(Array.from(this.#sessions.values(), (session) => session.close()));
    await this.#handshakes.close();
    this.#plainPorts.close();
    this.#browserPorts.close();
  }

  #pool([first, last]: readonly [number, number]): PortPool {
    const network = this.#options.network ?? systemDatagrams;
    const restMs = this.#options.portRestMs ?? defaults.portRestMs;
    return new PortPool(network, this.#clock, { first, last, restMs }, random32(this.#random) / 2 ** 32);
  }

  #makePlace(): SessionPlace {
    return {
      clock: this.#clock,
      moment: new Moment(this.#clock),
      random: this.#random,
      tally: this.#tally,
      policy: policyOf(this.#options),
      plainBind: this.#options.plain.bind,
      plainPorts: this.#plainPorts,
      maxLegs: this.#options.limits?.maxLegsPerSession ?? defaults.maxLegsPerSession,
      tones: new Tones(),
      joins: new Joins(),
      openBrowserLeg: (context) => this.#openBrowserLeg(context),
      onClosed: (sessionId) => this.#sessions.delete(sessionId),
    };
  }

  #openBrowserLeg(context: LegContext): Promise<BrowserLegCore> {
    const place: BrowserPlace = {
      pool: this.#browserPorts,
      hosts: this.#options.browser,
      handshakes: this.#handshakes,
    };
    return BrowserLegCore.open(context, place);
  }
}
