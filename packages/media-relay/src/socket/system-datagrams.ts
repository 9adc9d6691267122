import { createSocket, type Socket } from "node:dgram";
import { isIPv4, isIPv6 } from "node:net";
import { withoutPrefix } from "../kernel/address.ts";
import type { Address, DatagramNetwork, DatagramSink, DatagramSocket } from "../kernel/datagrams.ts";

type Done = (error: null, address: string, family: 4 | 6) => void;

/** Hands an address on without looking it up, in the same turn: the bytes are with the kernel when `send` returns. */
const asItIs = (host: string, _options: unknown, done: Done): void => done(null, host, host.includes(":") ? 6 : 4);

/** The same for an IPv6 socket, which reaches IPv4 peers by their addresses in IPv6. */
const inIpv6 = (host: string, _options: unknown, done: Done): void =>
  done(null, isIPv4(host) ? `::ffff:${host}` : host, 6);

/** Datagrams of the operating system. */
export const systemDatagrams: DatagramNetwork = {
  bind: (address, sink) => {
    const isV6 = isIPv6(address.address);
    const socket = isV6
      ? createSocket({ type: "udp6", lookup: inIpv6 as never })
      : createSocket({ type: "udp4", lookup: asItIs as never });
    return opened(socket, address, isV6 ? inPlain(sink) : sink);
  },
};

/** IPv4 peers of an IPv6 socket are told by their IPv4 addresses. */
const inPlain = (sink: DatagramSink): DatagramSink => ({
  onDatagram: (bytes, { address, port }) => sink.onDatagram(bytes, { address: withoutPrefix(address), port }),
  onError: (cause) => sink.onError(cause),
});

function opened(socket: Socket, address: Address, sink: DatagramSink): Promise<DatagramSocket> {
  return new Promise((resolve, reject) => {
    const refused = (cause: Error): void => {
      socket.close();
      reject(cause);
    };
    socket.once("error", refused);
    socket.bind({ ...address, exclusive: true }, () => {
      socket.off("error", refused);
      resolve(new SystemSocket(socket, sink));
    });
  });
}

class SystemSocket implements DatagramSocket {
  readonly local: Address;
  readonly #socket: Socket;
  #isClosed = false;
  constructor(socket: Socket, sink: DatagramSink) {
    this.#socket = socket;
    const { address, port } = socket.address();
    this.local = { address, port };
    socket.on("error", (cause) => {
      if (!this.#isClosed) sink.onError(cause);
    });
    socket.on("message", (bytes, from) => {
      if (!this.#isClosed) sink.onDatagram(bytes, from);
    });
  }
  /** Without a callback: one that is told of every packet costs a sixth of what relaying it does. */
  send(bytes: Uint8Array, to: Address): void {
    if (!this.#isClosed && to.port > 0 && to.port < 65536) this.#socket.send(bytes, to.port, to.address);
  }
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#socket.close();
  }
}
