import { type CallEnd, parseNameAddr, type SipResponse } from "@trunkline/sip-stack";
import type { Party } from "../../domain/party.ts";
import { type Ending, ending } from "../../kernel/ending.ts";
import type { CallServices, Placement } from "../services.ts";
import { partyOf, type Target } from "../target.ts";

const statuses = new Set([300, 301, 302]);

/**
 * Where a phone's 3xx sends its call, RFC 3261 section 8.1.3.4: only to another user, under the rules of a transfer by the
 * phone's user; `undefined` when the phone does not forward. A refusal tells the caller that nobody answered.
 */
export function forwardOf(
  target: Target,
  end: CallEnd,
  caller: Party,
  services: Pick<CallServices, "placeTransfer">,
): Placement | { readonly refusal: Ending } | undefined {
  const by = partyOf(target);
  if (by.kind !== "user" || end.cause !== "rejected" || !isRedirect(end.response)) return undefined;
  const contact = statuses.has(end.response.status) ? firstContact(end.response) : undefined;
  if (contact === undefined) return refused("The phone forwards its calls to no address that can be used.");
  const placement = services.placeTransfer({ by, other: caller, number: by.callerId }, contact);
  if ("refusal" in placement) return refused(`The phone forwards its calls, which failed: ${placement.refusal.words}`);
  return placement.isPaid
    ? refused("The phone forwards its calls to the telephone network, which it may not.")
    : placement;
}

const isRedirect = ({ status }: SipResponse): boolean => status >= 300 && status < 400;

function firstContact({ headers }: SipResponse): string | undefined {
  const contact = parseNameAddr(headers.all("Contact")[0] ?? "");
  return contact.ok ? contact.value.uri : undefined;
}

const refused = (words: string): { readonly refusal: Ending } => ({
  refusal: ending("no-answer", "callee", { words }),
});
