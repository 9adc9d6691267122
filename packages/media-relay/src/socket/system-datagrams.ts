import { createSocket, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import type { Address, DatagramNetwork, DatagramSink, DatagramSocket } from "../kernel/datagrams.ts";

/** Hands an address on without looking it up, in the same turn: the bytes are with the kernel when `send` returns. */
const asItIs = (host: string, _options: unknown, done: (e: null, address: string, family: number) => void): void =>
  done(null, host, host.includes(":") ? 6 : 4);

/** Datagrams of the operating system. */
export const systemDatagrams: DatagramNetwork = {
  bind: (address, sink) => {
    const type = isIPv6(address.address) ? "udp6" : "udp4";
    return opened(createSocket({ type, lookup: asItIs as never }), address, sink);
  },
};

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
