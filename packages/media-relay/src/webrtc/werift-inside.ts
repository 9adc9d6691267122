import { createPrivateKey, X509Certificate } from "node:crypto";
import { RTCDtlsTransport, type RTCPeerConnection, type RTCRtpTransceiver, UdpTransport } from "werift";
import type { Identity } from "../dtls/certificate.ts";
import type { Side } from "../dtls/key-schedule.ts";
import type { Address } from "../kernel/datagrams.ts";
import type { IceRole } from "../stun/request.ts";
import type { ChosenPath, IceUser } from "./handshake.ts";

/**
 * Everything of werift 0.25.2 that is reached although it is no part of its documented interface. The version is pinned; the
 * test beside this file fails when one of these is gone.
 */

/** A socket of ours, wherever it is, in the shape that werift's ICE expects of its own. */
export class AdoptedTransport {
  readonly type = "udp";
  closed = false;
  /** Set by werift: takes STUN and DTLS. */
  onData: (data: Buffer, from: [string, number]) => void = () => {};
  readonly #local: Address;
  readonly #send: (bytes: Uint8Array, to: Address) => void;
  constructor(local: Address, send: (bytes: Uint8Array, to: Address) => void) {
    this.#local = local;
    this.#send = send;
  }
  readonly send = async (data: Buffer, to?: readonly [string, number]): Promise<void> => {
    if (to !== undefined && !this.closed) this.#send(data, { address: to[0], port: to[1] });
  };
  /** The socket itself is closed by the leg that owns it. */
  readonly close = async (): Promise<void> => {
    this.closed = true;
    this.onData = () => {};
  };
  get address(): { address: string; port: number; family: string } {
    return { ...this.#local, family: this.addressFamily === 4 ? "IPv4" : "IPv6" };
  }
  get addressFamily(): 4 | 6 {
    return this.#local.address.includes(":") ? 6 : 4;
  }
  get host(): string {
    return this.#local.address;
  }
  get port(): number {
    return this.#local.port;
  }
}

/** Hands out the transports of one connection in the order in which werift asks for them: that of the hosts. */
type Queue = { readonly transports: readonly AdoptedTransport[]; next: number };

const queues = new WeakMap<object, Queue>();
type Init = typeof UdpTransport.init;
const ownInit: Init = UdpTransport.init.bind(UdpTransport);

UdpTransport.init = async (...args: Parameters<Init>): ReturnType<Init> => {
  const queue = queues.get(args[1]?.interfaceAddresses ?? {});
  if (queue === undefined) return ownInit(...args);
  const transport = queue.transports[queue.next];
  if (transport === undefined) throw new Error("this connection has no more sockets");
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

type InsidePair = {
  readonly nominated: boolean;
  readonly state: number;
  readonly remoteAddr: readonly [string, number];
  readonly remoteCandidate: object;
  readonly protocol: { readonly transport: AdoptedTransport };
};
type InsideConnection = {
  stunServer: unknown;
  readonly generation: number;
  readonly localUsername: string;
  readonly localPassword: string;
  readonly remoteUsername: string;
  readonly remotePassword: string;
  readonly tieBreaker: bigint;
  readonly checkList: InsidePair[];
  _iceControlling: boolean;
  nominated?: InsidePair | undefined;
  consentFresh: boolean;
  queryConsent: () => void;
  checkComplete: (pair: InsidePair) => void;
  addPair: (pair: InsidePair) => void;
  _remoteCandidates: InsidePair["remoteCandidate"][];
};
type InsideDtls = {
  role: "auto" | "server" | "client";
  state: string;
  readonly localCertificate: { readonly certPem: string; readonly privateKey: string };
  readonly iceTransport: { readonly role: string };
  start: () => Promise<void>;
  setState: (state: "connecting" | "connected" | "failed") => void;
};

/** `CandidatePairState.SUCCEEDED`. */
const succeeded = 3;

const dtlsOf = (pc: RTCPeerConnection): RTCDtlsTransport => pc.dtlsTransports[0]!;
const connectionOf = (pc: RTCPeerConnection): InsideConnection =>
  dtlsOf(pc).iceTransport.connection as unknown as InsideConnection;

/** Calls `onChange` whenever a field is given another value. */
function watch<T extends object, F extends keyof T>(object: T, field: F, onChange: () => void): void {
  let value = object[field];
  Object.defineProperty(object, field, {
    get: () => value,
    set: (next: T[F]) => {
      if (next === value) return;
      value = next;
      onChange();
    },
  });
}

/** Asks no STUN server: with `iceServers: []` werift falls back to a public one, and gathering waits for its name. */
export function askNoStunServer(pc: RTCPeerConnection): void {
  connectionOf(pc).stunServer = undefined;
}

/** The SSRC that our descriptions name. */
export function nameSsrc(transceiver: RTCRtpTransceiver, ssrc: number): void {
  (transceiver.sender as { ssrc: number }).ssrc = ssrc;
}

/** What the browser will ask for by our latest description. */
export const ownUser = (pc: RTCPeerConnection): IceUser => userOf(connectionOf(pc), "local");

const userOf = (connection: InsideConnection, side: "local" | "remote"): IceUser => ({
  fragment: connection[`${side}Username`],
  password: connection[`${side}Password`],
});

/** Leaves consent (RFC 7675) to who holds the sockets: werift's own checks would go on for every call. */
export function leaveConsent(pc: RTCPeerConnection): void {
  const connection = connectionOf(pc);
  connection.queryConsent = () => {
    // DTLS is sent only while this is set.
    connection.consentFresh = true;
  };
}

/**
 * Takes the pair that a controlling browser nominated last, as RFC 8445 section 8.1.1 leaves it to that side: one that moves
 * from wire to radio nominates another pair without beginning ICE anew. werift stays with the first.
 */
export function followNominations(pc: RTCPeerConnection): void {
  const connection = connectionOf(pc);
  const complete = connection.checkComplete;
  connection.checkComplete = (pair) => {
    // A check that was under way when ICE was begun anew says nothing about the new pairs.
    if (!connection.checkList.includes(pair)) return;
    const isChosen = pair.nominated && pair.state === succeeded && !connection._iceControlling;
    if (isChosen && pair !== connection.nominated) connection.nominated = undefined;
    complete.call(connection, pair);
  };
}

/** Pairs that are kept for one generation of ICE. */
const mostPairs = 128;

/** Keeps the pairs that were made last: each address that a check comes from makes one. That in use is never dropped. */
export function boundPairs(pc: RTCPeerConnection): void {
  const connection = connectionOf(pc);
  const add = connection.addPair;
  const made = new Set<InsidePair>();
  connection.addPair = (pair) => {
    for (const one of made) if (!connection.checkList.includes(one)) made.delete(one);
    made.add(pair);
    add.call(connection, pair);
    const oldest = Array.from(made).find((one) => one !== connection.nominated);
    if (made.size > mostPairs && oldest !== undefined) drop(connection, oldest);
  };
}

function drop(connection: InsideConnection, pair: InsidePair): void {
  connection.checkList.splice(connection.checkList.indexOf(pair), 1);
  const candidates = connection._remoteCandidates;
  candidates.splice(candidates.indexOf(pair.remoteCandidate), 1);
}

/** Reports the chosen path and every change of it: ICE begun anew, another pair, the parts of both sides exchanged. */
export function watchPath(
  pc: RTCPeerConnection,
  transports: readonly AdoptedTransport[],
  onPath: (path: ChosenPath) => void,
): void {
  const connection = connectionOf(pc);
  const report = (): void => {
    if (connection.nominated !== undefined) onPath(pathOf(connection, connection.nominated, transports));
  };
  watch(connection, "nominated", report);
  watch(connection, "_iceControlling", report);
}

function pathOf(
  connection: InsideConnection,
  { remoteAddr: [address, port], protocol }: InsidePair,
  transports: readonly AdoptedTransport[],
): ChosenPath {
  const role: IceRole = connection._iceControlling ? "controlling" : "controlled";
  return {
    host: transports.indexOf(protocol.transport),
    to: { address, port },
    ours: userOf(connection, "local"),
    theirs: userOf(connection, "remote"),
    role,
    tieBreaker: connection.tieBreaker,
  };
}

/** How often ICE was begun anew on this connection. */
export const iceGeneration = (pc: RTCPeerConnection): number => connectionOf(pc).generation;

/** Begins the checks of a new generation: werift does so only before DTLS is up. */
export function checkAgain(pc: RTCPeerConnection): void {
  const dtls = dtlsOf(pc);
  // It ends without a path when the connection is closed, or begun anew once more.
  if (dtls.state === "connected") dtls.iceTransport.start().catch(() => {});
}

/** Carries the datagrams of our DTLS. */
export type DtlsPath = {
  send(datagram: Uint8Array): void;
  /** Passes on received DTLS datagrams, including those that arrived earlier. */
  listen(onDatagram: (datagram: Uint8Array) => void): void;
};

/** Our DTLS handshake; resolves when both sides are authenticated, rejects when it fails. */
export type OwnDtls = (side: Side, identity: Identity, path: DtlsPath) => Promise<void>;

/**
 * Replaces werift's DTLS, which does not authenticate the peer and fails on lossy paths (decision 20). `handshake` runs once ICE has
 * a path. werift gets no keys, so it neither sends nor receives media or RTCP.
 */
export function replaceDtls(pc: RTCPeerConnection, handshake: OwnDtls): void {
  const dtls = dtlsOf(pc) as unknown as InsideDtls;
  const path = pathOver(pc);
  dtls.start = async () => {
    if (dtls.role === "auto") dtls.role = dtls.iceTransport.role === "controlling" ? "server" : "client";
    dtls.setState("connecting");
    try {
      await handshake(dtls.role, identityOf(dtls), path);
    } catch (cause) {
      dtls.setState("failed");
      throw cause;
    }
    dtls.setState("connected");
  };
}

function identityOf({ localCertificate: { certPem, privateKey } }: InsideDtls): Identity {
  const certificate = new Uint8Array(new X509Certificate(certPem).raw);
  return { certificate, privateKey: createPrivateKey(privateKey) };
}

/** Keeps datagrams that arrive before DTLS starts here: the browser may finish ICE first. */
function pathOver(pc: RTCPeerConnection): DtlsPath {
  const { connection } = dtlsOf(pc).iceTransport;
  const early: Uint8Array[] = [];
  let pass = (datagram: Uint8Array): void => {
    if (early.length < mostEarly) early.push(new Uint8Array(datagram));
  };
  connection.onData.subscribe((datagram) => isDtls(datagram) && pass(datagram));
  return {
    // Sending fails while ICE has no path; the flight is retransmitted.
    send: (datagram) => void connection.send(Buffer.from(datagram)).catch(() => {}),
    listen: (onDatagram) => {
      pass = onDatagram;
      for (const datagram of early.splice(0)) onDatagram(datagram);
    },
  };
}

/** Limit on datagrams kept before DTLS starts. */
const mostEarly = 8;

/** RFC 7983 section 7. */
const isDtls = ([first = 0]: Uint8Array): boolean => first >= 20 && first < 64;

/** Answers as DTLS server: as client werift waits 100 ms before it begins. */
export function answerAsServer(pc: RTCPeerConnection): void {
  const dtls = dtlsOf(pc);
  if (dtls.role === "auto") dtls.role = "server";
}

/** Makes the certificate that every connection of this thread shares. */
export const makeCertificate = async (): Promise<void> => {
  await RTCDtlsTransport.SetupCertificate();
};
