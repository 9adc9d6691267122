import type { SipRequest } from "../message/message.ts";

/** The option tags of Require that are not supported, as a value of Unsupported, RFC 3261 section 8.2.2.3. */
export function missingExtensions(request: SipRequest, supported: readonly string[]): string | undefined {
  const known = new Set(supported.map((tag) => tag.toLowerCase()));
  const missing = request.headers.all("Require").filter((tag) => !known.has(tag.toLowerCase()));
  return missing.length === 0 ? undefined : missing.join(", ");
}
