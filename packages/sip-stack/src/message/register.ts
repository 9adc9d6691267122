import { type Parsed, parsed, unparsed } from "../kernel/parsed.ts";
import { parseCSeq } from "./cseq.ts";
import { limits } from "./limits.ts";
import type { SipRequest } from "./message.ts";
import { type NameAddr, parseNameAddr } from "./name-addr.ts";
import { unquote } from "./split.ts";
import { formatUri, parseUri, plainUser } from "./uri.ts";

/** One binding that a REGISTER asks for; `expiresS` 0 removes it. `raw` is the Contact value as written. */
export type RegisterContact = {
  readonly uri: string;
  readonly expiresS: number;
  /** `+sip.instance` without quotes, RFC 5626 section 4.1. */
  readonly instance?: string;
  readonly raw: string;
};

/** What a REGISTER asks for, RFC 3261 section 10.3. No contacts: a query of what is bound. */
export type RegisterRequest = {
  /** `sip:user@host` of To: host in lower case, user as {@link plainUser} spells it, no parameters. */
  readonly aor: string;
  readonly callId: string;
  readonly cseq: number;
  readonly contacts: readonly RegisterContact[] | "all-removed";
};

/** Seconds: what a contact gets that names none, the least and the most that any gets. */
export type RegisterDefaults = { readonly expiresS: number; readonly minS: number; readonly maxS: number };

/**
 * Reads a REGISTER. Fails when To is not a SIP URI, a Contact is malformed, there are too many, or `*` stands beside
 * others or without `Expires: 0`. Departs: RFC 3261 section 10.3 allows 423 for too short a time; here it is raised to
 * the least, which a client learns from the response.
 */
export function readRegister(request: SipRequest, defaults: RegisterDefaults): Parsed<RegisterRequest> {
  const aor = readAor(request.headers.get("To") ?? "");
  if (!aor.ok) return aor;
  const cseq = parseCSeq(request.headers.get("CSeq") ?? "");
  if (!cseq.ok) return cseq;
  const contacts = readContacts(request, defaults);
  if (!contacts.ok) return contacts;
  const callId = request.headers.get("Call-ID") ?? "";
  return parsed({ aor: aor.value, callId, cseq: cseq.value.number, contacts: contacts.value });
}

function readAor(to: string): Parsed<string> {
  const address = parseNameAddr(to);
  if (!address.ok) return address;
  const uri = parseUri(address.value.uri);
  if (!uri.ok) return uri;
  const { scheme, user, host, port } = uri.value;
  const name = user === undefined ? {} : { user: plainUser(user) };
  const place = { host: host.toLowerCase(), ...(port === undefined ? {} : { port }) };
  return parsed(formatUri({ scheme, ...name, ...place, params: new Map() }));
}

function readContacts(request: SipRequest, defaults: RegisterDefaults): Parsed<RegisterRequest["contacts"]> {
  const raw = request.headers.all("Contact");
  const expires = request.headers.get("Expires");
  if (raw.length > limits.contacts) return unparsed(0, "too many contacts");
  if (raw.includes("*")) return readWildcard(raw, expires);
  const contacts: RegisterContact[] = [];
  for (const text of raw) {
    const contact = parseNameAddr(text);
    if (!contact.ok) return contact;
    contacts.push(readContact(contact.value, text, expires, defaults));
  }
  return parsed(contacts);
}

function readWildcard(raw: readonly string[], expires: string | undefined): Parsed<"all-removed"> {
  if (raw.length > 1) return unparsed(0, "Contact * stands beside others");
  return Number(expires) === 0 && expires !== "" ? parsed("all-removed") : unparsed(0, "Contact * without Expires: 0");
}

function readContact(contact: NameAddr, raw: string, header: string | undefined, defaults: RegisterDefaults) {
  const instance = contact.params.get("+sip.instance");
  return {
    uri: contact.uri,
    expiresS: readExpires(contact.params.get("expires") ?? header, defaults),
    ...(instance === undefined ? {} : { instance: unquote(instance) }),
    raw,
  };
}

// RFC 3261 section 10.2.1.1: what is no number counts as absent; a number of any length is a number.
function readExpires(text: string | undefined, { expiresS, minS, maxS }: RegisterDefaults): number {
  if (text === undefined || !/^\d+$/.test(text)) return expiresS;
  const seconds = Number(text);
  return seconds === 0 ? 0 : Math.min(Math.max(seconds, minS), maxS);
}
