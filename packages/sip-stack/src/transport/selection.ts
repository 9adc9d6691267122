import { sameAddress, type TransportKind } from "./address.ts";
import type { Flow, Transport } from "./transport.ts";

// Secure and plain WebSockets are carried by one transport.
function family(kind: TransportKind): TransportKind {
  return kind === "wss" ? "ws" : kind;
}

/** The transport that a flow belongs to: by kind and, for UDP, by the local address. */
export function carrierOf(transports: readonly Transport[], flow: Flow): Transport | undefined {
  return transports.find(
    (transport) =>
      family(transport.kind) === family(flow.transport) &&
      (transport.kind !== "udp" || sameAddress(transport.local, flow.local)),
  );
}
