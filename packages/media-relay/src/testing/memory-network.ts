import type { Clock } from "../kernel/clock.ts";
import type { Address, DatagramNetwork, DatagramSink, DatagramSocket } from "../kernel/datagrams.ts";
import { random32 } from "../kernel/random.ts";
import { seededRandom } from "./seeded-random.ts";

/** How a network treats datagrams: shares from 0 to 1, decided by the seed. The clock carries what comes later. */
export type Weather = {
  readonly clock: Clock;
  readonly seed: number;
  readonly loss?: number;
  readonly duplicate?: number;
  /** The share of datagrams that arrive up to `spreadMs` after the others; default 100 ms. */
  readonly reorder?: number;
  readonly spreadMs?: number;
  /** Whose datagrams only: those that are sent to this address. */
  readonly towards?: string;
};

/** Hears of each datagram that arrives, in the order of arrival. */
export type OnArrival = (bytes: Uint8Array, from: Address, to: Address) => void;

/** A network in memory: datagrams arrive within the call that sends them, in order, none lost; with weather, as it decides. */
export class MemoryNetwork implements DatagramNetwork {
  readonly #bound = new Map<string, DatagramSink>();
  readonly #weather: Weather | undefined;
  readonly #chance: () => number;
  readonly #listeners: OnArrival[] = [];
  #nextPort = 50_000;
  constructor(weather?: Weather) {
    this.#weather = weather;
    const random = seededRandom(weather?.seed ?? 1);
    this.#chance = () => random32(random) / 2 ** 32;
  }

  /** Sockets open now. */
  get open(): number {
    return this.#bound.size;
  }

  /** Tells of what arrives from now on. */
  observe(listener: OnArrival): void {
    this.#listeners.push(listener);
  }

  async bind(address: Address, sink: DatagramSink): Promise<DatagramSocket> {
    const local = { address: address.address, port: address.port === 0 ? this.#nextPort++ : address.port };
    if (this.#bound.has(keyOf(local))) throw new Error(`${keyOf(local)} is taken`);
    this.#bound.set(keyOf(local), sink);
    return {
      local,
      send: (bytes, to) => this.#send(new Uint8Array(bytes), local, to),
      close: () => this.#bound.delete(keyOf(local)),
    };
  }

  #send(bytes: Uint8Array, from: Address, to: Address): void {
    const weather = this.#weather;
    if (weather === undefined) return this.#deliver(bytes, from, to);
    const { loss = 0, duplicate = 0, towards = to.address } = weather;
    if (towards !== to.address) return this.#deliver(bytes, from, to);
    if (this.#chance() < loss) return;
    this.#carry(weather, bytes, from, to);
    if (this.#chance() < duplicate) this.#carry(weather, bytes, from, to);
  }

  #carry({ clock, reorder = 0, spreadMs = 100 }: Weather, bytes: Uint8Array, from: Address, to: Address): void {
    if (this.#chance() >= reorder) return this.#deliver(bytes, from, to);
    clock.after(this.#chance() * spreadMs, () => this.#deliver(bytes, from, to));
  }

  #deliver(bytes: Uint8Array, from: Address, to: Address): void {
    for (const listener of this.#listeners) listener(bytes, from, to);
    this.#bound.get(keyOf(to))?.onDatagram(new Uint8Array(bytes), from);
  }
}

const keyOf = ({ address, port }: Address): string => `${address}:${port}`;
