import type { SipRequest } from "../message/message.ts";

/** What the stack does for a peer that requires it, shown or not: reliable provisionals, RFC 3262. */
const always = ["100rel"];

/** The option tags of Require that are not supported, as a value of Unsupported, RFC 3261 section 8.2.2.3. */
export function missingExtensions(request: SipRequest, supported: readonly string[]): string | undefined {
  const required = request.headers.all("Require");
  if (required.length === 0) return undefined;
  const known = new Set([...always, ...supported].map((tag) => tag.toLowerCase()));
  const missing = required.filter((tag) => !known.has(tag.toLowerCase()));
  return missing.length === 0 ? undefined : missing.join(", ");
}
