import type { Server } from "node:http";
import type { Socket } from "node:net";
import { networkOf, SharedRoom } from "@trunkline/sip-stack";

/** How many connections without a WebSocket there may be: in all, and of one source (IPv6: one /64). */
export type ConnectionLimits = { readonly connections: number; readonly connectionsPerSource: number };

/** Connections that say nothing are closed after this time, and looked for this often. */
export const silence = { headersTimeout: 10_000, connectionsCheckingInterval: 1_000 } as const;

export type ConnectionsOptions = ConnectionLimits & {
  /** Addresses that pass on the requests of others: these have no share. */
  readonly isProxy: (address: string) => boolean;
  /** Told the address of each connection that is closed because there are too many. */
  readonly onClosed: (source: string) => void;
};

/**
 * Shares the connections of an HTTP listener among sources. A source that has its share loses its oldest connection to
 * its newest one; when all are taken, the source that holds most loses its oldest one to a source that holds less.
 */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #room: SharedRoom<Socket>;

  constructor(options: ConnectionsOptions) {
    const { connections: max, connectionsPerSource: perSource } = options;
    this.#options = options;
    this.#room = new SharedRoom({ max, perSource, evicts: true, renews: true });
  }

  attach(server: Server): void {
    server.on("connection", (socket: Socket) => this.#accept(socket));
  }

  /** A connection that has become a WebSocket has bounds of its own. */
  release(socket: Socket): void {
    this.#room.leave(socket, networkOf(socket.remoteAddress ?? ""));
  }

  #accept(socket: Socket): void {
    const { remoteAddress: address = "" } = socket;
    if (this.#options.isProxy(address)) return;
    const source = networkOf(address);
    const entrance = this.#room.enter(socket, source);
    if (!entrance.ok) return this.#close(socket);
    socket.once("close", () => this.#room.leave(socket, source));
    if (entrance.evicted !== undefined) this.#close(entrance.evicted);
  }

  #close(socket: Socket): void {
    this.#options.onClosed(socket.remoteAddress ?? "");
    socket.destroy();
  }
}
