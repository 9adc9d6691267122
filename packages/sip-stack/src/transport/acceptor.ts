import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { Clock } from "../kernel/clock.ts";
import { plainAddress } from "../kernel/plain-address.ts";
import type { Address } from "./address.ts";
import { Seating, type SeatingOptions } from "./seating.ts";
import type { Seat } from "./stream-flow.ts";
import type { StreamOptions } from "./stream-options.ts";

/** What happens to an accepted socket before its first byte: `adopt` gets the one to speak on. */
export type Handshake = (socket: Socket, adopt: (ready: Socket) => void) => void;

/** Hears of accepted connections. */
export interface AcceptorUser {
  onAccepted(socket: Socket, remote: Address, local: Address, seat: Seat): void;
  /** `why` names a counter. */
  onTurnedAway(remote: Address, why: string): void;
}

/** What an acceptor works with. */
export type AcceptorOptions = Pick<StreamOptions, "bind" | "admits" | keyof SeatingOptions> & {
  readonly clock: Clock;
  readonly handshakeMs: number;
  readonly handshake: Handshake;
};

/**
 * Accepts connections within bounds: who may connect, how many in all and of one source, how long a handshake takes.
 * A source that may not connect gets no byte, not even of a handshake.
 */
export class Acceptor {
  readonly #options: AcceptorOptions;
  readonly #user: AcceptorUser;
  readonly #server: Server;
  readonly #seating: Seating;
  readonly #inHandshake = new Set<Socket>();

  constructor(options: AcceptorOptions, user: AcceptorUser) {
    this.#options = options;
    this.#user = user;
    this.#seating = new Seating(options);
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
  }

  /** Resolves with the port; rejects when the address is taken. */
  async listen(): Promise<number> {
    const { address, port } = this.#options.bind;
    this.#server.listen({ host: address, port });
    await once(this.#server, "listening");
    this.#server.on("error", () => this.#user.onTurnedAway(this.#options.bind, "accept-failed"));
    return (this.#server.address() as AddressInfo).port;
  }

  /** Resolves when the server and every accepted connection are closed; the user closes those that it has. */
  close(): Promise<void> {
    for (const socket of this.#inHandshake) socket.destroy();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #accept(socket: Socket): void {
    socket.on("error", () => {});
    const { remoteAddress, remotePort, localAddress, localPort } = socket;
    if (remoteAddress === undefined || remotePort === undefined) {
      socket.destroy();
      return;
    }
    const remote = { address: plainAddress(remoteAddress), port: remotePort };
    const local = { address: plainAddress(localAddress ?? ""), port: localPort ?? 0 };
    if (this.#options.admits?.(remote) === false) this.#turnAway(socket, remote, "stranger");
    else this.#seat(socket, remote, local);
  }

  #seat(socket: Socket, remote: Address, local: Address): void {
    const entrance = this.#seating.enter(socket, remote);
    if (!entrance.ok) this.#turnAway(socket, remote, entrance.why === "full" ? "flows" : "flows-of-address");
    else {
      if (entrance.evicted !== undefined) this.#evict(entrance.evicted);
      this.#admit(socket, remote, local);
    }
  }

  #turnAway(socket: Socket, remote: Address, why: string): void {
    this.#inHandshake.delete(socket);
    socket.destroy();
    this.#user.onTurnedAway(remote, why);
  }

  #evict(socket: Socket): void {
    const { remoteAddress = "", remotePort = 0 } = socket;
    this.#turnAway(socket, { address: plainAddress(remoteAddress), port: remotePort }, "evicted");
  }

  #admit(socket: Socket, remote: Address, local: Address): void {
    const { clock, handshake, handshakeMs } = this.#options;
    this.#inHandshake.add(socket);
    const stop = clock.after(handshakeMs, () => socket.destroy());
    socket.on("close", () => {
      stop();
      this.#seating.leave(socket);
      if (this.#inHandshake.delete(socket)) this.#user.onTurnedAway(remote, "handshake");
    });
    handshake(socket, (ready) => {
      stop();
      this.#inHandshake.delete(socket);
      this.#user.onAccepted(ready, remote, local, this.#seating.of(socket));
    });
  }
}
