import { type Parsed, parsed, unparsed } from "../kernel/parsed.ts";
import type { SipUri } from "../message/uri.ts";
import type { TransportKind } from "./address.ts";

/** Where a request is to go as a URI says it: a name or IP address, the rest only where the URI names it. */
export type Place = {
  readonly host: string;
  readonly port?: number;
  readonly transport?: TransportKind;
  /** A `sips` URI: nothing but TLS. */
  readonly secure?: boolean;
};

/**
 * The place that a URI names, RFC 3263 section 4. Fails on a transport that SIP does not know or that is not secure
 * where it must be. Departs: `maddr` is not followed.
 */
export function placeOf(uri: SipUri): Parsed<Place> {
  const secure = uri.scheme === "sips";
  const named = uri.params.get("transport")?.toLowerCase();
  const transport = secure && named === "tcp" ? "tls" : named;
  if (!isKind(transport)) return unparsed(0, "unknown transport");
  if (secure && transport !== undefined && transport !== "tls") return unparsed(0, "transport is not secure");
  const { host, port } = uri;
  return parsed({ host, secure, ...(port !== undefined && { port }), ...(transport !== undefined && { transport }) });
}

function isKind(transport: string | undefined): transport is "udp" | "tcp" | "tls" | undefined {
  return transport === undefined || transport === "udp" || transport === "tcp" || transport === "tls";
}
