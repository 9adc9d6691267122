import { isIPv6 } from "node:net";
import { kinds, skip } from "./scan.ts";

/** Host and port as they stand in URIs and Via; an IPv6 host keeps its brackets. */
export type HostPort = { readonly host: string; readonly port: number | undefined };

const domainPattern = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?$/;
// "127.1", "2130706433" and "0x7f000001" are addresses to a resolver and names to nobody.
const numberLabel = /(?:^|\.)(?:\d+|0[xX][0-9A-Fa-f]*)\.?$/;
const colon = 0x3a;
const dot = 0x2e;
const zero = 0x30;
const openBracket = 0x5b;

/**
 * Whether text is an IPv4 address, an IPv6 address in brackets or a name.
 * Departs: RFC 3261 section 25.1 wants a letter first in the last label and no underscore; names of containers have both.
 */
export function isHost(text: string): boolean {
  if (text.startsWith("[")) return text.endsWith("]") && isIPv6Host(text.slice(1, -1));
  return isIPv4(text) || (domainPattern.test(text) && !numberLabel.test(text));
}

/** Four numbers from 0 to 255 without leading zeros, as nearly every host on the wire is written. */
function isIPv4(text: string): boolean {
  let numbers = 0;
  for (let at = 0; at <= text.length && numbers <= 4; numbers++) {
    const end = skip(text, at, kinds.digit);
    const isNumber = end > at && end <= at + 3 && Number(text.slice(at, end)) <= 255;
    const isPlain = end === at + 1 || text.charCodeAt(at) !== zero;
    const isFollowed = end === text.length || text.charCodeAt(end) === dot;
    if (!isNumber || !isPlain || !isFollowed) return false;
    at = end + 1;
  }
  return numbers === 4;
}

// RFC 5118 section 4.10: the grammar of RFC 3261 makes three colons before an IPv4 part, and peers follow it.
function isIPv6Host(text: string): boolean {
  const at = text.indexOf(":::");
  const address = at !== -1 && isIPv4(text.slice(at + 3)) ? text.replace(":::", "::") : text;
  return isIPv6(address) && !text.includes("%");
}

/** A host and its port as both stand in URIs and Via: `undefined` when either is wrong. */
export function splitHostPort(text: string): HostPort | undefined {
  const match = /^(\[[^\]]*\]|[^:\s]+)\s*(?::\s*(\d{0,5}))?$/.exec(text);
  const host = match?.[1] ?? "";
  // A colon without a port, as some peers write it, says nothing.
  const port = match?.[2] ? Number(match[2]) : undefined;
  return isHost(host) && (port === undefined || port <= 65_535) ? { host, port } : undefined;
}

/** A host at `from`, with its port and where they end; `undefined` where there is none or it needs a closer look. */
export function quickHostPort(text: string, from: number): (HostPort & { readonly end: number }) | undefined {
  const isBracketed = text.charCodeAt(from) === openBracket;
  const hostEnd = isBracketed ? text.indexOf("]", from) + 1 : skip(text, from, kinds.host);
  const host = text.slice(from, hostEnd);
  if (!isHost(host)) return undefined;
  if (text.charCodeAt(hostEnd) !== colon) return { host, port: undefined, end: hostEnd };
  const end = skip(text, hostEnd + 1, kinds.digit);
  const port = Number(text.slice(hostEnd + 1, end));
  const isPort = end > hostEnd + 1 && end <= hostEnd + 6 && port <= 65_535;
  return isPort ? { host, port, end } : undefined;
}
