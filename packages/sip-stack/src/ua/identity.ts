import type { SipMessage } from "../message/message.ts";
import { type NameAddr, parseNameAddr } from "../message/name-addr.ts";
import { unquote } from "../message/split.ts";
import { parseUri } from "../message/uri.ts";

/** The From of somebody who does not want to be known, RFC 3323 section 4.1.1.3. */
export const anonymousFrom = '"Anonymous" <sip:anonymous@anonymous.invalid>';

const mostIdentities = 2;

/**
 * Who the peer says it is, RFC 3325 section 9.1: at most two values of P-Asserted-Identity, malformed ones left out.
 * To be believed only where the peer is trusted.
 */
export function assertedIdentities(message: SipMessage): readonly NameAddr[] {
  const values = message.headers.all("P-Asserted-Identity").slice(0, mostIdentities);
  return values.flatMap((value) => {
    const read = parseNameAddr(value);
    return read.ok ? [read.value] : [];
  });
}

/** The values of Privacy in lower case, RFC 3323 section 4.2 and RFC 3325 section 9.3. */
export function privacyOf(message: SipMessage): ReadonlySet<string> {
  const values = message.headers.all("Privacy").flatMap((value) => value.toLowerCase().split(/[;,]/));
  return new Set(values.map((value) => value.trim()).filter((value) => value !== ""));
}

/**
 * The values of Remote-Party-ID that name the caller (draft-ietf-sip-privacy-04 section 5): what many gateways still send.
 * At most two, malformed ones left out. To be believed only where the peer is trusted.
 */
export function remotePartyIds(message: SipMessage): readonly NameAddr[] {
  const values = message.headers.all("Remote-Party-ID").slice(0, mostIdentities);
  return values.flatMap((value) => {
    const read = parseNameAddr(value);
    const isCaller = read.ok && (read.value.params.get("party") ?? "calling").toLowerCase() === "calling";
    return isCaller ? [read.value] : [];
  });
}

const withheldUsers = new Set(["anonymous", "restricted", "private", "withheld"]);
const hiding = ["full", "uri"];

/**
 * Whether the caller's identity must not be shown to the called party: Privacy or Remote-Party-ID asks for it, or From is
 * anonymous. RFC 3323 section 4, RFC 3325 section 7.
 */
export function isWithheld(message: SipMessage): boolean {
  const privacy = privacyOf(message);
  if (["id", "user", "header"].some((value) => privacy.has(value))) return true;
  if (remotePartyIds(message).some(({ params }) => hiding.includes(privacyParam(params)))) return true;
  const from = parseNameAddr(message.headers.get("From") ?? "");
  return from.ok && isAnonymous(from.value.uri);
}

function isAnonymous(text: string): boolean {
  const uri = parseUri(text);
  if (!uri.ok) return false;
  const [user = ""] = (uri.value.user ?? "").split(";");
  return withheldUsers.has(user.toLowerCase()) || uri.value.host.toLowerCase() === "anonymous.invalid";
}

const privacyParam = (params: NameAddr["params"]): string => unquote(params.get("privacy") ?? "").toLowerCase();
