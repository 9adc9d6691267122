import { connect } from "node:net";
import type { StreamOptions } from "./stream-options.ts";
import { type StreamKind, StreamTransport } from "./stream-transport.ts";
import type { Transport } from "./transport.ts";

const tcp: StreamKind = {
  kind: "tcp",
  connect: ({ address, port }, localAddress) => ({
    socket: connect({ host: address, port, ...(localAddress !== undefined && { localAddress }) }),
    ready: "connect",
  }),
  handshake: (socket, adopt) => adopt(socket),
};

/** SIP over TCP, RFC 3261 section 18: accepts on `bind` and opens connections from there. */
export function tcpTransport(options: StreamOptions): Transport {
  return new StreamTransport(tcp, options);
}
