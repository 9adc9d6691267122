import {
  assertedIdentities,
  isWithheld,
  parseNameAddr,
  remotePartyIds,
  type SipRequest,
  telephoneIn,
  wholeNumber,
} from "@trunkline/sip-stack";
import type { Config } from "../config/config.ts";
import { anonymous, type Party } from "../domain/party.ts";
import { addressesOf, userPart } from "../identity/own-names.ts";

const longest = 64;
/** What gateways write in the place of a number that they do not have. */
const unknown = /^(?:|unavailable|unknown)$/i;

/**
 * Who calls over the trunk: the number of From, else of P-Asserted-Identity or Remote-Party-ID, else the name in From.
 * Anonymous where the caller asked for privacy (RFC 3323, RFC 3325), so that neither phones nor records show the number,
 * and where the identity is a name or an extension of a user here: that would look like a colleague.
 */
export function trunkCaller(invite: SipRequest, { users }: Pick<Config, "users">): Party {
  if (isWithheld(invite)) return anonymous;
  const from = parseNameAddr(invite.headers.get("From") ?? "");
  const displayName = from.ok ? from.value.displayName?.slice(0, longest) : undefined;
  const number = (numberOf(invite) ?? nameOf(invite))?.slice(0, longest);
  if (number === undefined || isTaken(number, users)) return anonymous;
  return { kind: "trunk", number, ...(displayName !== undefined && { displayName }) };
}

function numberOf(invite: SipRequest): string | undefined {
  const from = parseNameAddr(invite.headers.get("From") ?? "");
  const identities = [...(from.ok ? [from.value] : []), ...assertedIdentities(invite), ...remotePartyIds(invite)];
  const telephones = identities.map(({ uri }) => telephoneIn(uri));
  const telephone = telephones.find((each) => each !== undefined);
  return telephone && wholeNumber(telephone);
}

function nameOf(invite: SipRequest): string | undefined {
  const name = userPart(invite.headers.get("From") ?? "")?.split(";")[0];
  return name === undefined || unknown.test(name) ? undefined : name;
}

const isTaken = (number: string, users: Config["users"]): boolean =>
  [...users.values()].flatMap(addressesOf).some((address) => address.toLowerCase() === number.trim().toLowerCase());
