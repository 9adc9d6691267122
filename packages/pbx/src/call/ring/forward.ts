import { type CallEnd, type NameAddr, parseNameAddr, type SipResponse } from "@trunkline/sip-stack";
import type { Party } from "../../domain/party.ts";
import { type Ending, ending } from "../../kernel/ending.ts";
import type { CallServices, Placement } from "../services.ts";
import { partyOf, type Target } from "../target.ts";

const statuses = new Set([300, 301, 302]);
/** How many Contacts of a 3xx are read. */
const mostContacts = 8;

type Refusal = { readonly refusal: Ending };
type Forward = Placement | Refusal;

/**
 * Where a phone's 3xx sends its call, RFC 3261 section 8.1.3.4: to those of its Contacts that may be called, by their q.
 * Each has to be another user, under the rules of a transfer by the phone's user. A refusal tells the caller that nobody
 * answered; `undefined`: the phone does not forward.
 */
export function forwardOf(
  target: Target,
  end: CallEnd,
  caller: Party,
  services: Pick<CallServices, "placeTransfer">,
): readonly Placement[] | Refusal | undefined {
  const by = partyOf(target);
  if (by.kind !== "user" || end.cause !== "rejected" || !isRedirect(end.response)) return undefined;
  const place = (contact: string) =>
    forwardTo(services.placeTransfer({ by, other: caller, number: by.callerId }, contact));
  const forwards = contactsOf(end.response).map(place);
  const placements = forwards.flatMap((forward) => (isRefusal(forward) ? [] : [forward]));
  if (placements.length > 0) return placements;
  return forwards.find(isRefusal) ?? refused("The phone forwards its calls to no address that can be used.");
}

const isRefusal = (forward: Forward): forward is Refusal => "refusal" in forward;

const isRedirect = ({ status }: SipResponse): boolean => status >= 300 && status < 400;

/** The URIs of the Contacts, each once, the preferred ones first: RFC 3261 section 20.10. */
function contactsOf({ status, headers }: SipResponse): readonly string[] {
  if (!statuses.has(status)) return [];
  const uris = headers
    .all("Contact")
    .slice(0, mostContacts)
    .flatMap((text) => {
      const contact = parseNameAddr(text);
      return contact.ok ? [contact.value] : [];
    })
    .toSorted((one, other) => qOf(other) - qOf(one))
    .map(({ uri }) => uri);
  return [...new Set(uris)];
}

/** Without a q, or with an unreadable one, a Contact is preferred as much as any. */
function qOf({ params }: NameAddr): number {
  const q = Number(params.get("q") ?? 1);
  return q >= 0 && q <= 1 ? q : 1;
}

function forwardTo(placement: Forward): Forward {
  if (isRefusal(placement)) return refused(`The phone forwards its calls, which failed: ${placement.refusal.words}`);
  return placement.isPaid
    ? refused("The phone forwards its calls to the telephone network, which it may not.")
    : placement;
}

const refused = (words: string): Refusal => ({
  refusal: ending("no-answer", "callee", { words }),
});
