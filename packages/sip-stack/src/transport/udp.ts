import { isIP } from "node:net";
import { type Address, addressText } from "./address.ts";
import { type DatagramNetwork, type DatagramSocket, systemDatagrams } from "./datagrams.ts";
import type { Flow, Transport, TransportSink } from "./transport.ts";

/** Where a UDP transport binds and, in tests, on which network. */
export type UdpOptions = { readonly bind: Address; readonly network?: DatagramNetwork };

const highestPort = 65_535;

/** SIP over UDP, and what the system keeps of datagrams that were not read yet, in bytes, where that is known. */
export interface DatagramTransport extends Transport {
  readonly receiveBufferBytes: number | undefined;
}

class UdpTransport implements DatagramTransport {
  readonly kind = "udp";
  readonly reliable = false;
  readonly #bind: Address;
  readonly #network: DatagramNetwork;
  #socket: DatagramSocket | undefined;
  #closed = false;

  constructor(options: UdpOptions) {
    this.#bind = options.bind;
    this.#network = options.network ?? systemDatagrams;
  }

  get local(): Address {
    return this.#socket?.local ?? this.#bind;
  }

  get receiveBufferBytes(): number | undefined {
    return this.#socket?.receiveBufferBytes;
  }

  get isOpen(): boolean {
    return !this.#closed;
  }

  send(bytes: Uint8Array, to: Flow): void {
    this.#socket?.send(bytes, to.remote);
  }

  async listen(sink: TransportSink): Promise<void> {
    this.#socket = await this.#network.bind(this.#bind, {
      onDatagram: (bytes, from) => sink.onMessage(bytes, this.#flow(from)),
      onError: (cause, to, unsent) => sink.onFailure(this.#flow(to ?? this.local), cause, unsent),
    });
    if (this.#closed) this.#socket.close();
  }

  flowTo({ address, port }: Address): Flow | undefined {
    const sendable = isIP(address) !== 0 && port > 0 && port <= highestPort;
    return sendable ? this.#flow({ address, port }) : undefined;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#socket?.close();
  }

  #flow(remote: Address): Flow {
    return new UdpFlow(this, remote);
  }
}

/** Costs nothing but its two references until somebody asks for its name. */
class UdpFlow implements Flow {
  readonly transport = "udp";
  readonly remote: Address;
  readonly #carrier: UdpTransport;

  constructor(carrier: UdpTransport, remote: Address) {
    this.#carrier = carrier;
    this.remote = remote;
  }

  get id(): string {
    return `udp ${addressText(this.local)} ${addressText(this.remote)}`;
  }

  get local(): Address {
    return this.#carrier.local;
  }

  get open(): boolean {
    return this.#carrier.isOpen;
  }
}

/** SIP over UDP, RFC 3261 section 18: one datagram, one message; a flow is a pair of addresses. */
export function udpTransport(options: UdpOptions): DatagramTransport {
  return new UdpTransport(options);
}
