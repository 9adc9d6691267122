import { isIP, type Socket } from "node:net";
import { checkServerIdentity, connect, createServer } from "node:tls";
import type { Handshake } from "./acceptor.ts";
import { type Address, addressText } from "./address.ts";
import type { StreamOptions } from "./stream-options.ts";
import { type StreamKind, StreamTransport } from "./stream-transport.ts";
import type { Remote, Transport } from "./transport.ts";

/** A TLS transport's certificate chain and key (PEM) and whom it trusts. */
export type TlsOptions = StreamOptions & {
  /** What we show to those who connect; without it nobody can, and connections are only opened. */
  readonly identity?: { readonly certificate: string; readonly key: string };
  /** Certificates (PEM) of the authorities that peers' certificates may come from; default: those of Node. */
  readonly authorities?: readonly string[];
};

const minVersion = "TLSv1.2";

/**
 * SIP over TLS 1.2 and newer, RFC 3261 section 26.2.1. The certificate of whom we connect to must come from an
 * authority and name the host of the next hop (RFC 5922 section 7.1, as `tls.checkServerIdentity` reads it); no
 * certificate is asked of those who connect.
 * Departs: wildcard names are accepted (RFC 5922 section 7.2), since providers use them, and SIP URIs in it are not read.
 */
export function tlsTransport(options: TlsOptions): Transport {
  const { authorities, identity } = options;
  const handshake = identity === undefined ? undefined : handshakeWith(identity);
  const stream: StreamKind = {
    kind: "tls",
    connect: (remote, localAddress) => ({ socket: open(remote, localAddress, authorities), ready: "secureConnect" }),
    handshake,
  };
  return new StreamTransport(stream, options);
}

function open(remote: Remote, localAddress: string | undefined, authorities: readonly string[] | undefined): Socket {
  const { address, port, host = address } = remote;
  return connect({
    host: address,
    port,
    minVersion,
    checkServerIdentity: (_asked, certificate) => checkServerIdentity(host, certificate),
    ...(isIP(host) === 0 && { servername: host }),
    ...(localAddress !== undefined && { localAddress }),
    ...(authorities !== undefined && { ca: [...authorities] }),
  });
}

function handshakeWith({ certificate, key }: NonNullable<TlsOptions["identity"]>): Handshake {
  const inHandshake = new Map<string, (ready: Socket) => void>();
  const server = createServer({ cert: certificate, key, minVersion });
  server.on("secureConnection", (socket) => inHandshake.get(remoteText(socket))?.(socket));
  server.on("tlsClientError", (_error, socket) => socket.destroy());
  return (socket, adopt) => {
    const remote = remoteText(socket);
    inHandshake.set(remote, adopt);
    socket.once("close", () => inHandshake.delete(remote));
    server.emit("connection", socket);
  };
}

function remoteText({ remoteAddress = "", remotePort = 0 }: Socket): string {
  return addressText({ address: remoteAddress, port: remotePort } satisfies Address);
}
