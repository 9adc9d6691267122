import type { SipResponse } from "../message/message.ts";
import { parseNameAddr } from "../message/name-addr.ts";

const leastS = 20;
const mostS = 604_800;
const marginS = 60;

/** How long the registrar keeps our binding, in seconds, RFC 3261 section 10.2.4: our Contact's, else Expires, else what we asked. */
export function grantedSeconds(response: SipResponse, contact: string, askedS: number): number {
  const ours = response.headers
    .all("Contact")
    .map((value) => parseNameAddr(value))
    .find((value) => value.ok && value.value.uri === uriOf(contact));
  const text = (ours?.ok ? ours.value.params.get("expires") : undefined) ?? response.headers.get("Expires") ?? "";
  const seconds = /^\d{1,10}$/.test(text) ? Number(text) : askedS;
  return Math.min(Math.max(seconds, leastS), mostS);
}

/** A minute before the binding ends, but not before half of its time. */
export function refreshAfterMs(grantedS: number): number {
  return Math.max(grantedS / 2, grantedS - marginS) * 1000;
}

const baseS = 30;
const longestS = 1800;

/** RFC 5626 section 4.5: 30 s, doubled with each failure up to half an hour, of it a part from a half to the whole. */
export function retryAfterMs(failures: number, fractionOfHalf: number, response: SipResponse | undefined): number {
  const upperS = Math.min(longestS, baseS * 2 ** Math.min(failures, 10));
  const askedS = /^\d{1,5}/.exec(response?.headers.get("Retry-After") ?? "")?.[0] ?? "0";
  return Math.max(upperS * (0.5 + fractionOfHalf / 2), Math.min(Number(askedS), longestS)) * 1000;
}

function uriOf(contact: string): string {
  return contact.slice(1, -1);
}
