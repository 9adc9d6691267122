import type { SipRequest } from "../message/message.ts";
import type { Call } from "./call.ts";
import type { CallRegistry } from "./registry.ts";
import { parseReplaces } from "./replaces.ts";

/** The call that an INVITE is to take over, or what it is refused with. */
export type Replaced =
  | { readonly ok: true; readonly call: Call }
  | { readonly ok: false; readonly status: 400 | 481 | 486 | 603; readonly why: string };

/**
 * Finds the call that an INVITE's Replaces names, RFC 3891 section 3: an early call only where we made it, with
 * `early-only` no confirmed one. `undefined` without the header.
 */
export function replacedBy(invite: SipRequest, calls: CallRegistry): Replaced | undefined {
  const values = [...invite.headers.all("Replaces")];
  if (values.length === 0) return undefined;
  const named = parseReplaces(values[0] ?? "");
  if (values.length > 1 || !named.ok) return { ok: false, status: 400, why: "malformed Replaces" };
  const call = calls.replaced(named.value);
  if (call === undefined) return { ok: false, status: 481, why: "no call to replace" };
  if (call.state === "ended") return { ok: false, status: 603, why: "call to replace has ended" };
  if (call.state === "early" && call.invite !== undefined) return { ok: false, status: 481, why: "no call to replace" };
  if (call.state === "confirmed" && named.value.earlyOnly) return { ok: false, status: 486, why: "call is not early" };
  return { ok: true, call };
}
