import { isIPv4, isIPv6 } from "node:net";

const domainPattern = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?$/;
// "127.1", "2130706433" and "0x7f000001" are addresses to a resolver and names to nobody.
const numberLabel = /(?:^|\.)(?:\d+|0[xX][0-9A-Fa-f]*)\.?$/;

/**
 * Whether text is an IPv4 address, an IPv6 address in brackets or a name.
 * Departs: RFC 3261 section 25.1 wants a letter first in the last label and no underscore; names of containers have both.
 */
export function isHost(text: string): boolean {
  if (text.startsWith("[")) return text.endsWith("]") && isIPv6(text.slice(1, -1)) && !text.includes("%");
  return isIPv4(text) || (domainPattern.test(text) && !numberLabel.test(text));
}

/** A host and its port as both stand in URIs and Via: `undefined` when either is wrong. */
export function splitHostPort(text: string): { readonly host: string; readonly port: number | undefined } | undefined {
  const match = /^(\[[^\]]*\]|[^:\s]+)\s*(?::\s*(\d{1,5}))?$/.exec(text);
  const host = match?.[1] ?? "";
  const port = match?.[2] === undefined ? undefined : Number(match[2]);
  return isHost(host) && (port === undefined || port <= 65_535) ? { host, port } : undefined;
}
