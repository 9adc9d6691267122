import type { Address, DatagramSocket } from "../kernel/datagrams.ts";
import type { PortPool } from "../socket/port-pool.ts";

/** What is offered to browsers, and what is bound where it differs. */
export type BrowserHosts = { readonly hosts: readonly string[]; readonly bind?: string };

/** Takes a datagram that came to the socket of the host with that index. */
export type TakeDatagram = (host: number, bytes: Uint8Array, from: Address) => void;

/** The sockets of a browser leg: one for each offered host. */
export class HostSockets {
  readonly #sockets: DatagramSocket[] = [];

  /** Binds a port for each host. Rejects with MEDIA_NO_PORT; what is bound by then is closed by `close`. */
  async bind(pool: PortPool, { hosts, bind }: BrowserHosts, take: TakeDatagram): Promise<void> {
    for (const [index, host] of hosts.entries()) {
      const onDatagram = (bytes: Uint8Array, from: Address): void => take(index, bytes, from);
      this.#sockets.push(await pool.takeOne(bind ?? host, { onDatagram, onError: () => {} }));
    }
  }

  /** Where each is bound, in the order of the hosts. */
  get locals(): readonly Address[] {
    return this.#sockets.map(({ local }) => local);
  }

  at(host: number): DatagramSocket | undefined {
    return this.#sockets[host];
  }

  close(): void {
    for (const socket of this.#sockets) socket.close();
  }
}
