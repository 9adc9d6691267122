import { branchCookie } from "../kernel/random.ts";
import type { SipRequest } from "../message/message.ts";
import { parseNameAddr } from "../message/name-addr.ts";
import { parseUri } from "../message/uri.ts";
import { topVia } from "../transport/received.ts";

/**
 * Where a client of RFC 2543, whose branch has no cookie, is reached when its INVITE has no Contact: at its From, as
 * section 6.13 of that RFC says. `undefined` for everyone else: RFC 3261 section 8.1.1.8 asks for a Contact.
 */
export function targetOfOldPeer(invite: SipRequest): string | undefined {
  const isOld = !topVia(invite)?.params.get("branch")?.startsWith(branchCookie);
  if (!isOld || invite.headers.has("Contact")) return undefined;
  const from = invite.headers.first("From", parseNameAddr);
  return from?.ok && parseUri(from.value.uri).ok ? from.value.uri : undefined;
}
