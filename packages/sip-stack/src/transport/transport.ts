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
  /** The name that the peer's certificate was checked against, on a TLS connection that we opened. */
  readonly host?: string | undefined;
  /** Who opened it, in words of the application; set by the application, never by the peer. */
  readonly principal?: string;
  /** Whether anything can still be sent on it. */
  readonly open: boolean;
}

/** Whether two flows are the same way. Names are made only of those that could be: there may be many thousands. */
export function isSameFlow(one: Flow, other: Flow): boolean {
  return one.transport === other.transport && one.remote.port === other.remote.port && one.id === other.id;
}

/**
 * Whether a request that comes over the other flow may be the same peer's although it proves nothing: it comes from the
 * same address. A NAT may have given the peer another port. Browsers behind one proxy share its address.
 */
export function isNear(one: Flow, other: Flow): boolean {
  if (isSameFlow(one, other)) return true;
  return !isWebSocket(one) && !isWebSocket(other) && one.remote.address === other.remote.address;
}

/** What a transport reports. Every report comes on a turn of its own, never from inside `send`. */
export interface TransportSink {
  onMessage(bytes: Uint8Array, from: Flow): void;
  /** Something could not be sent on this flow, which may live on: `unsent` alone, or without it all that was sent. */
  onFailure(flow: Flow, cause: Error, unsent?: Uint8Array): void;
  /** The connection is gone. UDP flows never close before their transport. */
  onClosed(flow: Flow): void;
  /** A limit of the transport was reached; `why` is a short constant phrase that can name a counter. */
  onRefused(flow: Flow, why: string): void;
  /**
   * The boundary between messages is lost on a stream: `bytes` start like the message that lost it, `status` is what a
   * request gets. The connection closes afterwards, what is sent during the call still goes.
   */
  onUnframed?(bytes: Uint8Array, flow: Flow, why: string, status: number): void;
}

/** Where a flow may lead: `host` is the name that a TLS peer's certificate must show; without it the address. */
export type Remote = Address & { readonly host?: string | undefined };

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
  /**
   * The flow to an address; a connection is opened where none is, and is open as long as it may still come about.
   * `undefined` where the transport cannot connect there (adopted WebSockets, names).
   */
  flowTo(remote: Remote): Flow | undefined;
  /** Whether a flow is this transport's own, where kind and local address cannot tell. */
  owns?(flow: Flow): boolean;
  /** The flow's peer has proved who it is: its connection no longer counts as one of an unknown source. */
  vouch?(flow: Flow): void;
  /** Closes the connections that peers have opened and that are refused from now on. */
  closeRefused?(isRefused: (flow: Flow) => boolean): void;
  /** Stops everything; may be called twice. */
  close(): Promise<void>;
}

/** Whether the flow is a connection, which is then the only way to its peer. */
export function isConnection(flow: Flow): boolean {
  return flow.transport !== "udp";
}

/** Whether the peer speaks over a WebSocket, as browsers do. */
export function isWebSocket(flow: Flow): boolean {
  return flow.transport === "ws" || flow.transport === "wss";
}

/** Whether the flow's transport repeats lost messages itself. */
export function isReliable(flow: Flow): boolean {
  return flow.transport !== "udp";
}
