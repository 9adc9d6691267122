import { parseVia, type SipRequest } from "@trunkline/sip-stack";
import type { HostPort } from "../domain/address.ts";
import { type Ending, ending } from "../kernel/ending.ts";

const sipPort = 5060;

/**
 * Says whether a request goes in circles: it has no hops left (483, RFC 3261 section 20.22), or one of its Vias is our
 * own (482, section 16.3 step 4). Hops are counted across us, so that circles through others end too (RFC 7332).
 */
export function loopOf({ headers }: SipRequest, own: HostPort): Ending | undefined {
  if (Number(headers.get("Max-Forwards") ?? "70") === 0) return ending("loop");
  return headers.all("Via").some((text) => isFrom(text, own)) ? ending("loop", "system", { sip: 482 }) : undefined;
}

function isFrom(text: string, own: HostPort): boolean {
  const via = parseVia(text);
  return via.ok && via.value.host === own.address && (via.value.port ?? sipPort) === own.port;
}
