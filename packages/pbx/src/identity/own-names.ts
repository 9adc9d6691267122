import { parseNameAddr, parseUri, type SipRequest, unescaped } from "@trunkline/sip-stack";
import type { Config } from "../config/config.ts";
import type { User } from "../domain/user.ts";

/**
 * Whether a browser's request is made in its own user's name: From names her, and no Contact names anybody else. Who she is
 * says the socket; but what she writes about herself is shown to operators and to devices, and is to be true.
 */
export function isInOwnName(
  request: SipRequest,
  user: User,
  { users, numbers }: Pick<Config, "users" | "numbers">,
): boolean {
  const from = userPart(request.headers.get("From") ?? "");
  if (from === undefined || !namesOf(user).includes(from)) return false;
  const others = [...users.values()].filter(({ name }) => name !== user.name).flatMap(addressesOf);
  const foreign = [...numbers.values()].filter(({ ring }) => !ring.includes(user.name)).map(({ number }) => number);
  const taken = new Set<string>([...others, ...foreign]);
  return request.headers.all("Contact").every((contact) => !taken.has(userPart(contact) ?? ""));
}

/** By what a user's phones may call themselves. */
export const namesOf = ({ name, device }: User): readonly string[] =>
  device === undefined ? [name] : [name, device.username];

/** By what others may call a user. */
export const addressesOf = (user: User): readonly string[] =>
  user.extension === undefined ? namesOf(user) : [...namesOf(user), user.extension];

/** The user part of an address, written as a URI or a name-addr, its escapes undone (RFC 3261 section 19.1.2). */
export function userPart(text: string): string | undefined {
  const uri = uriIn(text);
  return uri.ok && uri.value.user !== undefined ? unescaped(uri.value.user) : undefined;
}

/** The URI in a text that is one, or a name-addr. */
export function uriIn(text: string): ReturnType<typeof parseUri> {
  const address = parseNameAddr(text);
  return parseUri(address.ok ? address.value.uri : text);
}
