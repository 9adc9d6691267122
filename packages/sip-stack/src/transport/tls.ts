import { isIP, type Socket } from "node:net";
import { checkServerIdentity, connect, createServer, type Server } from "node:tls";
import type { Handshake } from "./acceptor.ts";
import { type Address, addressText } from "./address.ts";
import type { StreamOptions } from "./stream-options.ts";
import { type StreamKind, StreamTransport } from "./stream-transport.ts";
import type { Remote, Transport } from "./transport.ts";

/** A certificate chain and its key, as PEM. */
export type TlsIdentity = { readonly certificate: string; readonly key: string };

/** A TLS transport's certificate chain and key (PEM) and whom it trusts. */
export type TlsOptions = StreamOptions & {
  /** What we show to those who connect; without it nobody can, and connections are only opened. */
  readonly identity?: TlsIdentity;
  /** Certificates (PEM) of the authorities that peers' certificates may come from; default: those of Node. */
  readonly authorities?: readonly string[];
};

/** SIP over TLS. */
export interface TlsTransport extends Transport {
  /**
   * Shows another certificate to those who connect from now on; connections that stand are left as they are.
   * @throws Error when certificate and key do not belong together
   */
  renew(identity: TlsIdentity): void;
}

const minVersion = "TLSv1.2";

/**
 * SIP over TLS 1.2 and newer, RFC 3261 section 26.2.1. The certificate of whom we connect to must come from an
 * authority and name the host of the next hop (RFC 5922 section 7.1, as `tls.checkServerIdentity` reads it); no
 * certificate is asked of those who connect.
 * Departs: wildcard names are accepted (RFC 5922 section 7.2), since providers use them, and SIP URIs in it are not read.
 */
export function tlsTransport(options: TlsOptions): TlsTransport {
  return new IdentifiedTransport(options);
}

class IdentifiedTransport extends StreamTransport implements TlsTransport {
  readonly #server: Server | undefined;

  constructor(options: TlsOptions) {
    const { authorities, identity } = options;
    const server = identity === undefined ? undefined : createServer(contextOf(identity));
    const stream: StreamKind = {
      kind: "tls",
      connect: (remote, localAddress) => ({ socket: open(remote, localAddress, authorities), ready: "secureConnect" }),
      handshake: server === undefined ? undefined : handshakeOf(server),
    };
    super(stream, options);
    this.#server = server;
  }

  renew(identity: TlsIdentity): void {
    this.#server?.setSecureContext(contextOf(identity));
  }
}

const contextOf = ({ certificate, key }: TlsIdentity) => ({ cert: certificate, key, minVersion }) as const;

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

function handshakeOf(server: Server): Handshake {
  const inHandshake = new Map<string, (ready: Socket) => void>();
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
