import { addressText, parseVia, type SipRequest } from "@trunkline/sip-stack";
import type { HostPort } from "../domain/address.ts";
import { type Ending, ending } from "../kernel/ending.ts";

const usualPort = (transport: string): number => (transport.toUpperCase() === "TLS" ? 5061 : 5060);

/**
 * Says whether a request goes in circles: it has no hops left (483, RFC 3261 section 20.22), or one of its Vias is our
 * own (482, section 16.3 step 4). Hops are counted across us, so that circles through others end too (RFC 7332).
 * @param own every address and port that our own Vias can show, on any transport
 */
export function loopOf({ headers }: SipRequest, own: readonly HostPort[]): Ending | undefined {
  if (Number(headers.get("Max-Forwards") ?? "70") === 0) return ending("loop");
  const shown = new Set(own.map(addressText));
  return headers.all("Via").some((text) => shown.has(sentByOf(text)))
    ? ending("loop", "system", { sip: 482 })
    : undefined;
}

/** `host:port` of a Via, with the usual port of its transport where it names none; empty when it cannot be read. */
function sentByOf(text: string): string {
  const via = parseVia(text);
  if (!via.ok) return "";
  const { host, port, transport } = via.value;
  return `${host.toLowerCase()}:${port ?? usualPort(transport)}`;
}
