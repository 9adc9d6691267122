import { branchCookie } from "../kernel/random.ts";
import type { SipMessage, SipRequest } from "../message/message.ts";
import { topVia } from "../transport/received.ts";
import { tagOf } from "../transport/reply.ts";

/** Where a response belongs: the branch that we made and the method, RFC 3261 section 17.1.3. */
export function clientKey(message: SipMessage): string {
  const method = message.headers.get("CSeq")?.split(/\s+/)[1] ?? "";
  return `${topVia(message)?.params.get("branch") ?? ""} ${method}`;
}

/**
 * Where a request belongs, RFC 3261 section 17.2.3: branch, sent-by and method; ACK and CANCEL (with `method`
 * "INVITE") name their INVITE. A branch without the cookie is of RFC 2543: then the headers that a client of that
 * time keeps the same in INVITE, ACK and CANCEL.
 */
export function serverKey(request: SipRequest, method: string = request.method): string {
  const via = topVia(request);
  const branch = via?.params.get("branch") ?? "";
  const sentBy = `${via?.host.toLowerCase()}:${via?.port ?? 5060}`;
  const named = method === "ACK" ? "INVITE" : method;
  if (branch.startsWith(branchCookie)) return `${branch} ${sentBy} ${named}`;
  const { headers } = request;
  return [headers.get("Call-ID"), tagOf(headers, "From"), headers.get("CSeq")?.split(/\s/)[0], sentBy, named].join(" ");
}
