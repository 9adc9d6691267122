import { headers } from "../message/headers.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";

const noBody = new Uint8Array(0);

function cseqNumber(request: SipRequest): string {
  return (request.headers.get("CSeq") ?? "").split(/\s/)[0] ?? "";
}

/** Same Via branch, Request-URI, Route, Call-ID, From and CSeq number as the INVITE; the To that is given. */
function derived(method: string, invite: SipRequest, to: string): SipRequest {
  const from = invite.headers;
  const fields: [string, string][] = [
    ["Via", from.all("Via")[0] ?? ""],
    ...from.all("Route").map((route): [string, string] => ["Route", route]),
    ["Max-Forwards", "70"],
    ["From", from.get("From") ?? ""],
    ["To", to],
    ["Call-ID", from.get("Call-ID") ?? ""],
    ["CSeq", `${cseqNumber(invite)} ${method}`],
  ];
  return { kind: "request", method, uri: invite.uri, headers: headers(fields), body: noBody };
}

/** The ACK for a failure response, hop by hop, RFC 3261 section 17.1.1.3. */
export function ackOfFailure(invite: SipRequest, response: SipResponse): SipRequest {
  return derived("ACK", invite, response.headers.get("To") ?? "");
}

/** The CANCEL of an INVITE that has no final response yet, RFC 3261 section 9.1. */
export function cancelOf(invite: SipRequest): SipRequest {
  return derived("CANCEL", invite, invite.headers.get("To") ?? "");
}
