import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { Clock } from "../kernel/clock.ts";
import type { Address } from "./address.ts";
import type { StreamOptions } from "./stream-options.ts";

/** What happens to an accepted socket before its first byte: `adopt` gets the one to speak on. */
export type Handshake = (socket: Socket, adopt: (ready: Socket) => void) => void;

/** Hears of accepted connections. */
export interface AcceptorUser {
  /** Whether there is room for one more, with so many in their handshake. */
  hasRoom(inHandshake: number): boolean;
  onAccepted(socket: Socket, remote: Address, local: Address): void;
  /** `why` names a counter. */
  onTurnedAway(remote: Address, why: string): void;
}

/** What an acceptor works with. */
export type AcceptorOptions = Pick<StreamOptions, "bind" | "admits" | "maxFlowsPerAddress"> & {
  readonly clock: Clock;
  readonly handshakeMs: number;
  readonly handshake: Handshake;
};

const defaultPerAddress = 100;

/** Accepts connections within bounds: who may connect, how many in all and from one address, how long a handshake takes. */
export class Acceptor {
  readonly #options: AcceptorOptions;
  readonly #user: AcceptorUser;
  readonly #server: Server;
  readonly #inHandshake = new Set<Socket>();
  readonly #perAddress = new Map<string, number>();

  constructor(options: AcceptorOptions, user: AcceptorUser) {
    this.#options = options;
    this.#user = user;
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
    const remote = { address: plain(remoteAddress), port: remotePort };
    const objection = this.#objection(remote.address, remote);
    if (objection === undefined)
      this.#admit(socket, remote, { address: plain(localAddress ?? ""), port: localPort ?? 0 });
    else this.#turnAway(socket, remote, objection);
  }

  #objection(address: string, remote: Address): string | undefined {
    const { admits, maxFlowsPerAddress = defaultPerAddress } = this.#options;
    if (admits?.(remote) === false) return "stranger";
    if (!this.#user.hasRoom(this.#inHandshake.size)) return "flows";
    return (this.#perAddress.get(address) ?? 0) >= maxFlowsPerAddress ? "flows-of-address" : undefined;
  }

  #turnAway(socket: Socket, remote: Address, why: string): void {
    socket.destroy();
    this.#user.onTurnedAway(remote, why);
  }

  #admit(socket: Socket, remote: Address, local: Address): void {
    const { clock, handshake, handshakeMs } = this.#options;
    this.#count(remote.address, 1);
    this.#inHandshake.add(socket);
    const stop = clock.after(handshakeMs, () => socket.destroy());
    socket.on("close", () => {
      stop();
      this.#count(remote.address, -1);
      if (this.#inHandshake.delete(socket)) this.#user.onTurnedAway(remote, "handshake");
    });
    handshake(socket, (ready) => {
      stop();
      this.#inHandshake.delete(socket);
      this.#user.onAccepted(ready, remote, local);
    });
  }

  #count(address: string, change: number): void {
    const count = (this.#perAddress.get(address) ?? 0) + change;
    if (count === 0) this.#perAddress.delete(address);
    else this.#perAddress.set(address, count);
  }
}

// A socket bound to "::" shows IPv4 peers as IPv6.
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "");
}
