import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { isIPv4, isIPv6 } from "node:net";
import { plainAddress } from "../kernel/plain-address.ts";
import type { Address } from "./address.ts";

/** Receives what arrives at a datagram socket. When a single datagram failed, `to` is where it went and `unsent` its bytes. */
export interface DatagramSink {
  onDatagram(bytes: Uint8Array, from: Address): void;
  onError(cause: Error, to?: Address, unsent?: Uint8Array): void;
}

/** A bound socket. `send` and `close` never throw; what was sent before `close` still goes, after it nothing. */
export interface DatagramSocket {
  readonly local: Address;
  /** What the system keeps of datagrams that were not read yet, in bytes; absent where that is not known. */
  readonly receiveBufferBytes?: number;
  send(bytes: Uint8Array, to: Address): void;
  close(): void;
}

/** Where datagram sockets come from: the machine or a network in memory. */
export interface DatagramNetwork {
  /** Binds to an address; port 0 takes any free one. Rejects when the port is taken. */
  bind(address: Address, sink: DatagramSink): Promise<DatagramSocket>;
}

/** What is asked of the system for datagrams that were not read yet: a second of 300 calls, and room. */
export const wantedReceiveBufferBytes = 8 * 2 ** 20;

/** Linux gives at most net.core.rmem_max, and shows twice what it gives, socket(7). */
const receiveBufferOf = (socket: Socket): number => socket.getRecvBufferSize() / (process.platform === "linux" ? 2 : 1);

/** Linux gives what it can; other systems refuse what is too much. */
function enlargeReceiveBuffer(socket: Socket): void {
  for (let bytes = wantedReceiveBufferBytes; bytes > socket.getRecvBufferSize(); bytes /= 2) {
    try {
      return socket.setRecvBufferSize(bytes);
    } catch {
      // Half of it may do.
    }
  }
}

/** Hands an address on without looking it up, in the same turn: the bytes are with the kernel when `send` returns. */
const asItIs = (host: string, _options: unknown, done: Done): void => done(null, host, host.includes(":") ? 6 : 4);

/** The same for an IPv6 socket, which reaches IPv4 peers by their addresses in IPv6. */
const inIpv6 = (host: string, _options: unknown, done: Done): void =>
  done(null, isIPv4(host) ? `::ffff:${host}` : host, 6);

type Done = (error: null, address: string, family: 4 | 6) => void;

function wrap(socket: Socket, sink: DatagramSink): DatagramSocket {
  let open = true;
  const { address, port } = socket.address();
  return {
    local: { address, port },
    receiveBufferBytes: receiveBufferOf(socket),
    send(bytes, to) {
      if (!open) return;
      socket.send(bytes, to.port, to.address, (error) => {
        if (error !== null && open) sink.onError(error, to, bytes);
      });
    },
    close() {
      if (open) socket.close();
      open = false;
    },
  };
}

/** The machine's UDP sockets (node:dgram). */
export const systemDatagrams: DatagramNetwork = {
  async bind(address, sink) {
    const isV6 = isIPv6(address.address);
    const socket = createSocket({ type: isV6 ? "udp6" : "udp4", lookup: (isV6 ? inIpv6 : asItIs) as never });
    const listening = once(socket, "listening");
    socket.bind(address.port, address.address);
    await listening;
    enlargeReceiveBuffer(socket);
    socket.on("message", (bytes, from) =>
      sink.onDatagram(bytes, { address: isV6 ? plainAddress(from.address) : from.address, port: from.port }),
    );
    socket.on("error", (error) => sink.onError(error));
    return wrap(socket, sink);
  },
};
