import { sameAddress, type TransportKind } from "./address.ts";
import type { Flow, Transport } from "./transport.ts";

// Secure and plain WebSockets are carried by one transport.
function family(kind: TransportKind): TransportKind {
  return kind === "wss" ? "ws" : kind;
}

/** The transport that a flow belongs to: by kind, and where there may be several of a kind by more. */
export function carrierOf(transports: readonly Transport[], flow: Flow): Transport | undefined {
  return transports.find(
    (transport) =>
      family(transport.kind) === family(flow.transport) &&
      (transport.kind !== "udp" || sameAddress(transport.local, flow.local)) &&
      (transport.owns?.(flow) ?? true),
  );
}
