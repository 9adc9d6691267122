import type { Headers } from "../message/headers.ts";
import type { SipResponse } from "../message/message.ts";
import { parseNameAddr } from "../message/name-addr.ts";
import { reasonPhrase } from "../message/reason-phrase.ts";

const copied = ["Via", "From", "To", "Call-ID", "CSeq"] as const;
const noBody = new Uint8Array(0);

/**
 * A response with what RFC 3261 section 8.2.6 copies from the request: every Via in order, From, To, Call-ID, CSeq.
 * `toTag` is put on To where it has no tag yet; a 100 never gets one.
 */
export function responseTo(
  request: { readonly headers: Headers },
  status: number,
  toTag?: string,
  reason: string = reasonPhrase(status),
): SipResponse {
  const copy = request.headers.only(copied);
  const to = toTag === undefined || status === 100 || tagOf(copy, "To") !== undefined ? undefined : copy.get("To");
  const headers = to === undefined ? copy : copy.with("To", `${to};tag=${toTag}`);
  return { kind: "response", status, reason, headers, body: noBody };
}

/** The tag of From or To, RFC 3261 section 19.3; `undefined` when it has none. */
export function tagOf(headers: Headers, name: "From" | "To"): string | undefined {
  const address = headers.first(name, parseNameAddr);
  return address?.ok === true ? address.value.params.get("tag") : undefined;
}
