import { type Headers, headers } from "../message/headers.ts";
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
  const fields = copied.flatMap((name) => fieldsOf(request.headers, name));
  const tag = status === 100 ? undefined : toTag;
  const tagged = fields.map(([name, value]): [string, string] => [name, name === "To" ? taggedTo(value, tag) : value]);
  return { kind: "response", status, reason, headers: headers(tagged), body: noBody };
}

/** The fields of one name as they were written, in order, under the name in full. */
export function fieldsOf(from: Headers, name: string): [name: string, value: string][] {
  return from.written(name).map((value) => [name, value]);
}

function taggedTo(to: string, tag: string | undefined): string {
  return tag === undefined || tagOf(to) !== undefined ? to : `${to};tag=${tag}`;
}

/** The tag of a From or To value, RFC 3261 section 19.3; `undefined` when it has none. */
export function tagOf(value: string | undefined): string | undefined {
  const address = value === undefined ? undefined : parseNameAddr(value);
  return address?.ok === true ? address.value.params.get("tag") : undefined;
}
