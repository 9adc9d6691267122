import { InviteExpired, NotSettled, type SipError } from "../kernel/errors.ts";
import type { SipRequest } from "../message/message.ts";

/** How long an INVITE may ring, in milliseconds, and what it fails with afterwards. */
export type RingLimit = { readonly limitMs: number; readonly error: () => SipError };

/** The limit of an INVITE: the time of its Expires header (RFC 3261 section 13.3.1) or `ringingMs`, whichever is less. */
export function ringLimit({ headers }: SipRequest, ringingMs: number): RingLimit {
  const value = headers.get("Expires")?.trim() ?? "";
  const expiresMs = /^\d{1,10}$/.test(value) ? Number(value) * 1000 : Number.POSITIVE_INFINITY;
  if (expiresMs < ringingMs) return { limitMs: expiresMs, error: () => new InviteExpired() };
  return { limitMs: ringingMs, error: () => new NotSettled() };
}
