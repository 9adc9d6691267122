import type { Socket } from "node:net";
import { networkOf } from "../kernel/network.ts";
import { type Entrance, SharedRoom } from "../kernel/shared-room.ts";
import type { Address } from "./address.ts";
import type { Standing } from "./standing.ts";
import type { Seat } from "./stream-flow.ts";
import type { StreamOptions } from "./stream-options.ts";

/** The bounds of accepted connections. */
export type SeatingOptions = Pick<
  StreamOptions,
  "standingOf" | "maxFlows" | "maxFlowsPerAddress" | "maxKnownFlowsPerAddress" | "unknownFlows"
>;

type Seated = { readonly standing: Standing; readonly source: string };

export const defaultMaxFlows = 1000;
const defaultPerAddress = 100;
/** An office's phones connect together after a power cut. One source cannot fill a room that evicts. */
const defaultUnknown = { max: 256, perSource: 128 };

/** Which accepted connections there are. Each standing has room of its own, which the others cannot fill. */
export class Seating {
  readonly #standingOf: NonNullable<StreamOptions["standingOf"]>;
  readonly #rooms: Readonly<Record<Standing, SharedRoom<Socket>>>;
  readonly #seated = new Map<Socket, Seated>();

  constructor(options: SeatingOptions) {
    const { maxFlows = defaultMaxFlows, maxFlowsPerAddress = defaultPerAddress } = options;
    const { maxKnownFlowsPerAddress = Math.ceil(maxFlows / 2) } = options;
    this.#standingOf = options.standingOf ?? (() => "trusted");
    this.#rooms = {
      trusted: new SharedRoom({ max: maxFlows, perSource: maxFlowsPerAddress }),
      known: new SharedRoom({ max: maxFlows, perSource: maxKnownFlowsPerAddress }),
      unknown: new SharedRoom({ ...(options.unknownFlows ?? defaultUnknown), evicts: true }),
    };
  }

  /** Takes a place for a connection; an evicted one has lost its own. */
  enter(socket: Socket, remote: Address): Entrance<Socket> {
    const standing = this.#standingOf(remote);
    const entrance = this.#take(socket, { standing, source: networkOf(remote.address) });
    if (entrance.ok && entrance.evicted !== undefined) this.#seated.delete(entrance.evicted);
    return entrance;
  }

  leave(socket: Socket): void {
    const seated = this.#seated.get(socket);
    if (seated !== undefined) this.#rooms[seated.standing].leave(socket, seated.source);
    this.#seated.delete(socket);
  }

  of(socket: Socket): Seat {
    return { isUnknown: this.#seated.get(socket)?.standing === "unknown", promote: () => this.#promote(socket) };
  }

  #promote(socket: Socket): void {
    const seated = this.#seated.get(socket);
    if (seated?.standing !== "unknown") return;
    if (this.#take(socket, { standing: "known", source: seated.source }).ok)
      this.#rooms.unknown.leave(socket, seated.source);
  }

  #take(socket: Socket, seated: Seated): Entrance<Socket> {
    const entrance = this.#rooms[seated.standing].enter(socket, seated.source);
    if (entrance.ok) this.#seated.set(socket, seated);
    return entrance;
  }
}
