import type { Address, TransportKind } from "./address.ts";

/**
 * One way to a peer: for UDP a pair of addresses, for a connection the connection itself.
 * Two flows with the same `id` are the same way.
 */
export interface Flow {
  readonly id: string;
  readonly transport: TransportKind;
  readonly local: Address;
  readonly remote: Address;
  /** Who opened it, in words of the application; set by the application, never by the peer. */
  readonly principal?: string;
  /** Whether anything can still be sent on it. */
  readonly open: boolean;
}

/** What a transport reports. Every report comes on a turn of its own, never from inside `send`. */
export interface TransportSink {
  onMessage(bytes: Uint8Array, from: Flow): void;
  /** Something could not be sent on this flow; the flow itself may live on. */
  onFailure(flow: Flow, cause: Error): void;
  /** The connection is gone. UDP flows never close before their transport. */
  onClosed(flow: Flow): void;
  /** A limit of the transport was reached; `why` is a short constant phrase that can name a counter. */
  onRefused(flow: Flow, why: string): void;
}

/** Carries whole SIP messages. Whoever makes one passes the suite of `conformance.ts`. */
export interface Transport {
  readonly kind: TransportKind;
  /** Reliable transports repeat nothing and keep order: they get another timer plan. */
  readonly reliable: boolean;
  readonly local: Address;
  /** Never throws and never calls back from inside: a failure arrives later through the sink. */
  send(bytes: Uint8Array, to: Flow): void;
  /** Starts receiving; rejects when the address is taken. */
  listen(sink: TransportSink): Promise<void>;
  /** The flow to an address; `undefined` where the transport cannot connect there (adopted WebSockets, names). */
  flowTo(remote: Address): Flow | undefined;
  /** Stops everything; may be called twice. */
  close(): Promise<void>;
}

/** Whether the flow is a connection, which is then the only way to its peer. */
export function isConnection(flow: Flow): boolean {
  return flow.transport !== "udp";
}

/** Whether the flow's transport repeats lost messages itself. */
export function isReliable(flow: Flow): boolean {
  return flow.transport !== "udp";
}
