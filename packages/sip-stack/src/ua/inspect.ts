import { bodyText, isPlain } from "../message/body.ts";
import type { Headers } from "../message/headers.ts";
import type { SipRequest } from "../message/message.ts";
import { parseTokenValue } from "../message/value.ts";
import type { ResponseOptions } from "./call.ts";
import { missingExtensions } from "./require.ts";

/** An answer to a request that nobody needs to look at further; `why` is what is counted. */
export type Refusal = { readonly status: number; readonly why: string; readonly options?: ResponseOptions };

const schemes = /^(?:sips?|tel):/i;
const sdpRanges = new Set(["application/sdp", "application/*", "*/*"]);

/**
 * What a user agent server checks of a first request before its meaning, RFC 3261 sections 8.2.2 and 8.2.3: a scheme of
 * the Request-URI that means something here (416), extensions that are required (420), a body that can be read (415) and
 * answered in kind (406). `undefined`: nothing is against it.
 */
export function inspect(request: SipRequest, supported: readonly string[]): Refusal | undefined {
  if (!schemes.test(request.uri)) return { status: 416, why: "unsupported URI scheme" };
  const missing = missingExtensions(request, supported);
  if (missing !== undefined) return refusal(420, "unsupported extension", "Unsupported", missing);
  return request.method === "INVITE" ? inspectSession(request) : undefined;
}

function inspectSession(request: SipRequest): Refusal | undefined {
  const { headers, body } = request;
  if (body.length > 0 && !isPlain(headers)) return refusal(415, "unsupported encoding", "Accept-Encoding", "identity");
  const isForeign = body.length > 0 && bodyText(request) === undefined && !isOptional(headers);
  if (isForeign) return refusal(415, "unsupported body", "Accept", "application/sdp");
  const isDeaf = headers.has("Accept") && !headers.all("Accept").some(takesSdp);
  return isDeaf ? { status: 406, why: "peer accepts no SDP" } : undefined;
}

// RFC 3261 section 20.11: a body that may be ignored says so.
function isOptional(headers: Headers): boolean {
  const disposition = parseTokenValue(headers.get("Content-Disposition") ?? "");
  return disposition.ok && disposition.value.params.get("handling")?.toLowerCase() === "optional";
}

function takesSdp(range: string): boolean {
  const accepted = parseTokenValue(range);
  if (!accepted.ok || !sdpRanges.has(accepted.value.value.toLowerCase())) return false;
  return Number(accepted.value.params.get("q") ?? 1) !== 0;
}

function refusal(status: number, why: string, header: string, value: string): Refusal {
  return { status, why, options: { headers: [[header, value]] } };
}
