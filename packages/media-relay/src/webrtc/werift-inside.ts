import { RTCDtlsTransport, type RTCPeerConnection, type SrtcpSession, type SrtpSession, UdpTransport } from "werift";
import type { Address, DatagramSocket } from "../kernel/datagrams.ts";

/**
 * Everything of werift 0.25.2 that is reached although it is no part of its documented interface. The version is pinned; the
 * test beside this file fails when one of these is gone.
 */

/** A socket of ours in the shape that werift's ICE expects of its own. */
export class AdoptedTransport {
  readonly type = "udp";
  closed = false;
  /** Set by werift: takes STUN and DTLS. */
  onData: (data: Buffer, from: [string, number]) => void = () => {};
  readonly socket: DatagramSocket;
  constructor(socket: DatagramSocket) {
    this.socket = socket;
  }
  readonly send = async (data: Buffer, to?: readonly [string, number]): Promise<void> => {
    if (to !== undefined && !this.closed) this.socket.send(data, { address: to[0], port: to[1] });
  };
  /** The socket itself is closed by the leg that owns it. */
  readonly close = async (): Promise<void> => {
    this.closed = true;
    this.onData = () => {};
  };
  get address(): { address: string; port: number; family: string } {
    return { ...this.socket.local, family: this.addressFamily === 4 ? "IPv4" : "IPv6" };
  }
  get addressFamily(): 4 | 6 {
    return this.socket.local.address.includes(":") ? 6 : 4;
  }
  get host(): string {
    return this.socket.local.address;
  }
  get port(): number {
    return this.socket.local.port;
  }
}

/** Hands out the transports of one connection in the order in which werift asks for them: that of the hosts. */
type Queue = { readonly transports: readonly AdoptedTransport[]; next: number };

const queues = new WeakMap<object, Queue>();
type Init = typeof UdpTransport.init;
const ownInit: Init = UdpTransport.init.bind(UdpTransport);

UdpTransport.init = async (...args: Parameters<Init>): ReturnType<Init> => {
  const queue = queues.get(args[1]?.interfaceAddresses ?? {});
  const transport = queue?.transports[queue.next];
  if (queue === undefined || transport === undefined) return ownInit(...args);
  queue.next += 1;
  return transport as unknown as UdpTransport;
};

/**
 * The configuration with which a connection gathers exactly `hosts` as candidates and uses `transports` for them, one each.
 * With both families switched off werift lists no interfaces; the additional addresses are then all it has. The empty
 * interface table is only the key under which `UdpTransport.init` finds the transports.
 */
export function adoptTransports(hosts: readonly string[], transports: readonly AdoptedTransport[]) {
  const key = {};
  queues.set(key, { transports, next: 0 });
  return {
    iceUseIpv4: false,
    iceUseIpv6: false,
    iceAdditionalHostAddresses: [...hosts],
    iceInterfaceAddresses: key,
  };
}

type InsideConnection = {
  stunServer: unknown;
  readonly userHistory: Readonly<Record<string, string>>;
  readonly localUsername: string;
  readonly localPassword: string;
  readonly nominated?: NominatedPair;
};
type NominatedPair = {
  readonly remoteAddr: readonly [string, number];
  readonly protocol: { readonly transport: AdoptedTransport };
};

const dtlsOf = (pc: RTCPeerConnection): RTCDtlsTransport => pc.dtlsTransports[0]!;
const connectionOf = (pc: RTCPeerConnection): InsideConnection =>
  dtlsOf(pc).iceTransport.connection as unknown as InsideConnection;

/** Asks no STUN server: with `iceServers: []` werift falls back to a public one, and gathering waits for its name. */
export function askNoStunServer(pc: RTCPeerConnection): void {
  connectionOf(pc).stunServer = undefined;
}

/** The password of an ICE user fragment of ours, present or earlier. */
export function passwordOf(pc: RTCPeerConnection, userFragment: string): string | undefined {
  const connection = connectionOf(pc);
  if (userFragment === connection.localUsername) return connection.localPassword;
  return Object.hasOwn(connection.userHistory, userFragment) ? connection.userHistory[userFragment] : undefined;
}

/** The way to the browser that ICE chose. */
export type NominatedPath = { readonly pair: object; readonly socket: DatagramSocket; readonly to: Address };

/** The way chosen now; `previous` is returned again while it has not changed, so that asking costs nothing. */
export function nominatedPath(pc: RTCPeerConnection, previous?: NominatedPath): NominatedPath | undefined {
  const pair = connectionOf(pc).nominated;
  if (pair === undefined || pair === previous?.pair) return pair && previous;
  const [address, port] = pair.remoteAddr;
  return { pair, socket: pair.protocol.transport.socket, to: { address, port } };
}

/** The SRTP contexts of an established connection. */
export function srtpOf(pc: RTCPeerConnection): { readonly srtp: SrtpSession; readonly srtcp: SrtcpSession } {
  const { srtp, srtcp } = dtlsOf(pc);
  return { srtp, srtcp };
}

/** Answers as DTLS server: as client werift waits 100 ms before it begins. */
export function answerAsServer(pc: RTCPeerConnection): void {
  const dtls = dtlsOf(pc);
  if (dtls.role === "auto") dtls.role = "server";
}

/** Makes the certificate that every connection of this thread shares. */
export const makeCertificate = async (): Promise<void> => {
  await RTCDtlsTransport.SetupCertificate();
};
