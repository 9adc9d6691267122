import type { SipMessage, SipRequest, SipResponse } from "../message/message.ts";
import { formatVia, parseVia, type Via } from "../message/via.ts";
import { hostText } from "./address.ts";
import type { Flow } from "./transport.ts";

const defaultPort = 5060;

/** The top Via of a message; `undefined` when it cannot be read. */
export function topVia(message: SipMessage): Via | undefined {
  const via = message.headers.first("Via", parseVia);
  return via?.ok === true ? via.value : undefined;
}

/**
 * Notes in the top Via where the request really came from: `received` where sent-by says otherwise or the client
 * asked with `rport`, and the port in `rport`. RFC 3261 section 18.2.1, RFC 3581 section 4.
 */
export function stampReceived(request: SipRequest, flow: Flow): SipRequest {
  const via = topVia(request);
  if (via === undefined) return request;
  const { address, port } = flow.remote;
  const asked = via.params.has("rport");
  const differs = via.host !== hostText(address);
  if (!asked && !differs && !via.params.has("received")) return request;
  const params = new Map(via.params);
  params.delete("received");
  if (asked || differs) params.set("received", address);
  if (asked) params.set("rport", String(port));
  const stamped = { ...via, params };
  const known = { reader: parseVia, value: stamped };
  return { ...request, headers: request.headers.withFirst("Via", formatVia(stamped), known) };
}

/**
 * The port that a response over UDP goes to where it is not the one that the request came from: that of sent-by when
 * the client did not ask for `rport`. The address is always the one that the request came from.
 * Departs: with `natAware`, a client whose sent-by is not its source address gets the response at its source port too. A
 * NAT drops what goes to any other, and some phones do not send `rport`.
 */
export function responsePort(response: SipResponse, natAware = false): number | undefined {
  const via = topVia(response);
  if (via === undefined || via.params.has("rport") || (natAware && via.params.has("received"))) return undefined;
  return via.port ?? defaultPort;
}

const searchedBytes = 2048;

/** The first branch in a response, found without reading the message; `undefined` when there is none near its start. */
export function branchOfResponse(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, searchedBytes)).toString("latin1");
  return head.startsWith("SIP/2.0 ") ? /;[ \t]*branch[ \t]*=[ \t]*([^\s;,]+)/i.exec(head)?.[1] : undefined;
}
