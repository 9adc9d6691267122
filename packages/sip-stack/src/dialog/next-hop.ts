import { isIP } from "node:net";
import { type Parsed, parsed, unparsed } from "../kernel/parsed.ts";
import { plainAddress } from "../kernel/plain-address.ts";
import { parseNameAddr } from "../message/name-addr.ts";
import { parseUri, type SipUri } from "../message/uri.ts";
import type { TransportKind } from "../transport/address.ts";
import { type Flow, isConnection, isWebSocket, type Remote } from "../transport/transport.ts";
import type { RouteState } from "./route.ts";

/** Where a request would go next: an address, never a name. */
export type Hop = Remote & { readonly transport: TransportKind };

/**
 * Whether requests of a dialog may go to this address, whatever the peer's Route and Contact say. `flow`: they all go
 * over the flow that the dialog began on, as suits a phone behind a NAT that shows a private Contact (RFC 5626).
 */
export type Reach = "flow" | ((hop: Hop) => boolean);

/** Only the address that the peer's messages come from, any port. What holds when a call names no other policy. */
export function reachOf(flow: Flow): Reach & ((hop: Hop) => boolean) {
  return (hop) => hop.address === plainAddress(flow.remote.address);
}

/**
 * The next hop of a request in a dialog: the first of the route set or, without one, the remote target, RFC 3261 section
 * 8.1.2. That holds for a strict router too, whose URI stands in the Request-URI and no longer in Route.
 * Departs: names are never looked up and `maddr` is not followed, since both are of the peer's choosing.
 */
export function nextHop({ routeSet, remoteTarget }: RouteState): Parsed<Hop> {
  const [route] = routeSet;
  const address = route === undefined ? parsed({ uri: remoteTarget }) : parseNameAddr(route);
  const uri = address.ok ? parseUri(address.value.uri) : address;
  return uri.ok ? hopOf(uri.value) : uri;
}

const kinds: readonly string[] = ["udp", "tcp", "tls", "ws", "wss"] satisfies readonly TransportKind[];

function hopOf(uri: SipUri): Parsed<Hop> {
  const address = plainAddress(uri.host.replace(/^\[|\]$/g, ""));
  const kind = kindOf(uri);
  if (isIP(address) === 0) return unparsed(0, "next hop is a name");
  if (!kinds.includes(kind)) return unparsed(0, "next hop has an unknown transport");
  if (uri.port === 0) return unparsed(0, "next hop has port 0");
  return parsed({ address, port: uri.port ?? (kind === "tls" ? 5061 : 5060), transport: kind as TransportKind });
}

// In a `sips` URI TCP means TLS over it, RFC 3261 section 26.2.2.
function kindOf(uri: SipUri): string {
  const named = uri.params.get("transport")?.toLowerCase();
  if (uri.scheme === "sips" && (named === undefined || named === "tcp")) return "tls";
  return named ?? "udp";
}

/** The flow that a request takes. `astray`: why it does not go where the peer's Route or Contact points. */
export type Chosen = { readonly flow: Flow; readonly astray?: string };

/**
 * The flow for a request in a dialog: a connection is used as it is while it is open, a WebSocket always. Over UDP, and
 * where a connection is gone, the request goes to the next hop where that lies within reach. Otherwise it goes to where
 * the dialog began: the address that the INVITE went to or came from. What was TLS stays TLS, and the peer must prove the
 * same name again. `flowTo` opens the way; fails with the reason when no transport leads there.
 */
export function flowFor(
  dialog: RouteState,
  current: Flow,
  reach: Reach,
  flowTo: (hop: Hop) => Flow | undefined,
): Parsed<Chosen> {
  if (isConnection(current) && (current.open || isWebSocket(current))) return parsed({ flow: current });
  if (reach === "flow") return current.open ? parsed({ flow: current }) : unparsed(0, "the flow is closed");
  const hop = hopWithin(dialog, current, reach);
  const flow = hop.ok ? flowTo(withHost(hop.value, current)) : undefined;
  if (flow !== undefined) return parsed({ flow });
  const astray = hop.ok ? "no transport leads to the next hop" : hop.why;
  const back = current.open ? current : flowTo(withHost({ ...current.remote, transport: current.transport }, current));
  return back === undefined ? unparsed(0, astray) : parsed({ flow: back, astray });
}

function hopWithin(dialog: RouteState, current: Flow, reach: Exclude<Reach, "flow">): Parsed<Hop> {
  const hop = nextHop(dialog);
  if (!hop.ok) return hop;
  if (!reach(hop.value)) return unparsed(0, "next hop is out of reach");
  const isLessSecure = current.transport === "tls" && hop.value.transport !== "tls";
  return isLessSecure ? unparsed(0, "next hop is not secure") : hop;
}

const withHost = (hop: Hop, { host }: Flow): Hop => (host === undefined ? hop : { ...hop, host });
