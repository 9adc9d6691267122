import { type Parsed, parsed, unparsed } from "../kernel/parsed.ts";
import { quickHostPort, splitHostPort } from "./host.ts";
import { limits } from "./limits.ts";
import { formatParams, type Params, parseParams, quickUriParams } from "./params.ts";
import { kinds, skip } from "./scan.ts";

/**
 * A SIP URI, RFC 3261 section 19.1, every part as it was written: escapes are not decoded, the host keeps its case and
 * an IPv6 host its brackets; parameter names are in lower case. `headers` is the text after the question mark.
 */
export type SipUri = {
  readonly scheme: "sip" | "sips";
  readonly user?: string;
  readonly password?: string;
  readonly host: string;
  readonly port?: number;
  readonly params: Params;
  readonly headers?: string;
};

// Line breaks and brackets never stand in a URI: they would end what it stands in.
const forbidden = /[\p{Cc}<>"]/u;
const absolutePattern = /^[A-Za-z][A-Za-z0-9+.-]*:\S+(?: +\S+)*$/;
const atSign = 0x40;
const schemePattern = /^(sips?):/i;

/**
 * Reads a SIP or SIPS URI. The user part may have any characters but controls, quotes and angle brackets: RFC 3261 section
 * 25.1 allows fewer, but peers write `#`, blanks and other alphabets; an empty one is none. Fails on any other scheme, a
 * host that is none, and a port above 65535.
 */
export function parseUri(text: string): Parsed<SipUri> {
  const quick = quickUri(text);
  if (quick !== undefined) return parsed(quick);
  const scheme = schemePattern.exec(text)?.[1];
  if (scheme === undefined) return unparsed(0, "URI is not a SIP URI");
  if (text.length > limits.fieldChars) return unparsed(limits.fieldChars, "URI is too long");
  if (forbidden.test(text)) return unparsed(scheme.length + 1, "SIP URI is malformed");
  return takeApart(scheme.toLowerCase() as SipUri["scheme"], text.slice(scheme.length + 1));
}

/** Reads nearly every SIP URI on the wire: no escapes, password or headers; `undefined` for whatever else. */
export function quickUri(text: string): SipUri | undefined {
  const scheme = text.startsWith("sip:") ? "sip" : text.startsWith("sips:") ? "sips" : undefined;
  if (scheme === undefined || text.length > limits.fieldChars) return undefined;
  const start = scheme.length + 1;
  const userEnd = skip(text, start, kinds.user);
  const hasUser = text.charCodeAt(userEnd) === atSign;
  const target = hasUser && userEnd === start ? undefined : quickHostPort(text, hasUser ? userEnd + 1 : start);
  const params = target && quickUriParams(text, target.end, text.length);
  if (target === undefined || params === undefined) return undefined;
  const { host, port } = target;
  if (!hasUser) return port === undefined ? { scheme, host, params } : { scheme, host, port, params };
  const user = text.slice(start, userEnd);
  return port === undefined ? { scheme, user, host, params } : { scheme, user, host, port, params };
}

function takeApart(scheme: SipUri["scheme"], text: string): Parsed<SipUri> {
  const at = text.indexOf("@");
  const [user, password] = at === -1 ? [] : cut(text.slice(0, at), ":");
  if (user !== undefined && user !== user.trim()) return unparsed(scheme.length + 1, "user of the URI is malformed");
  const [place, headers] = cut(text.slice(at + 1), "?");
  const semicolon = place.indexOf(";");
  const target = splitHostPort(semicolon === -1 ? place : place.slice(0, semicolon));
  if (target === undefined) return unparsed(scheme.length + at + 2, "host or port of the URI is malformed");
  const params = parseParams(semicolon === -1 ? "" : place.slice(semicolon));
  if (!params.ok) return params;
  const { host, port } = target;
  return parsed({ scheme, host, params: params.value, ...userInfo(user, password), ...present({ port, headers }) });
}

function userInfo(user: string | undefined, password: string | undefined): Pick<SipUri, "user" | "password"> {
  return user ? { user, ...(password !== undefined && { password }) } : {};
}

function cut(text: string, separator: string): readonly [string, string | undefined] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

type Optional = Pick<SipUri, "port" | "headers">;

function present(parts: { readonly [Name in keyof Optional]: Optional[Name] | undefined }): Optional {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));
}

/** The URI as text; the reverse of {@link parseUri} but for the case of scheme and parameter names. */
export function formatUri(uri: SipUri): string {
  const password = uri.password === undefined ? "" : `:${uri.password}`;
  const user = uri.user === undefined ? "" : `${uri.user}${password}@`;
  const port = uri.port === undefined ? "" : `:${uri.port}`;
  const headers = uri.headers === undefined ? "" : `?${uri.headers}`;
  return `${uri.scheme}:${user}${uri.host}${port}${formatParams(uri.params)}${headers}`;
}

/** Whether text is a SIP URI or has the shape of an absolute URI of another scheme (`tel:` ...). */
export function isUri(text: string): boolean {
  if (quickUri(text) !== undefined) return true;
  return schemePattern.test(text) ? parseUri(text).ok : absolutePattern.test(text) && !forbidden.test(text);
}

/**
 * A URI's user part in the one spelling by which users are compared, RFC 3261 section 19.1.4: escapes of characters that
 * need none are decoded, the others ("@", controls, other alphabets) stay, in upper case.
 */
export function plainUser(user: string): string {
  return user.replace(/%[0-9A-Fa-f]{2}/g, (escaped) => {
    const character = String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    return /[\w.!~*'()+-]/.test(character) ? character : escaped.toUpperCase();
  });
}
