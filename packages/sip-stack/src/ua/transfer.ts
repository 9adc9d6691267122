import { type Parsed, parsed, unparsed } from "../kernel/parsed.ts";
import type { Body } from "../message/body.ts";
import type { SipMessage, SipRequest } from "../message/message.ts";
import { parseNameAddr } from "../message/name-addr.ts";
import { reasonPhrase } from "../message/reason-phrase.ts";
import { bytesOf, textOf } from "../message/text.ts";
import { parseUri } from "../message/uri.ts";
import { parseTokenValue } from "../message/value.ts";
import type { IncomingTransfer } from "./call.ts";

/** Target and Replaces of a REFER, RFC 3515 section 2.1 and RFC 3891 section 4: exactly one Refer-To with a URI. */
export function readReferTo(request: SipRequest): Parsed<Pick<IncomingTransfer, "target" | "replaces">> {
  const values = request.headers.all("Refer-To");
  const address = parseNameAddr(values[0] ?? "");
  if (values.length !== 1 || !address.ok) return unparsed(0, "Refer-To is missing, malformed or comes twice");
  const uri = parseUri(address.value.uri);
  if (!uri.ok || uri.value.headers === undefined) return parsed({ target: address.value.uri, replaces: undefined });
  const target = address.value.uri.slice(0, address.value.uri.indexOf("?"));
  return parsed({ target, replaces: replacesIn(uri.value.headers) });
}

function replacesIn(uriHeaders: string): string | undefined {
  const field = uriHeaders.split("&").find((each) => /^replaces=/i.test(each));
  try {
    return field === undefined ? undefined : decodeURIComponent(field.slice("replaces=".length));
  } catch {
    return undefined;
  }
}

/** A status line as the body of a NOTIFY, RFC 3515 section 2.4.5 and RFC 3420. */
export function fragmentOf(status: number, reason: string = reasonPhrase(status)): Body {
  const line = `SIP/2.0 ${status} ${reason.replace(/[\r\n]+/g, " ")}\r\n`;
  return { type: "message/sipfrag;version=2.0", bytes: bytesOf(line) };
}

/** The status line that a NOTIFY of a transfer reports. */
export function readFragment(message: SipMessage): { readonly status: number; readonly reason: string } | undefined {
  const [, status, reason = ""] = /^SIP\/2\.0 ([1-6]\d\d)(?: ([^\r\n]*))?/.exec(textOf(message.body)) ?? [];
  return status === undefined ? undefined : { status: Number(status), reason };
}

/** The `id` of an Event of package `refer`; "" without one, `undefined` for any other package. */
export function referEventId(message: SipMessage): string | undefined {
  const event = parseTokenValue(message.headers.get("Event") ?? "");
  return event.ok && event.value.value.toLowerCase() === "refer" ? (event.value.params.get("id") ?? "") : undefined;
}

/** Whether a NOTIFY says that it is the last. */
export function isLast(message: SipMessage): boolean {
  return /^\s*terminated\b/i.test(message.headers.get("Subscription-State") ?? "");
}
