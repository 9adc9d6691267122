import { createHash } from "node:crypto";
import {
  type Address,
  formatVia,
  type Headers,
  headers,
  parseNameAddr,
  parseUri,
  parseVia,
} from "@trunkline/sip-stack";
import { formatHostPort } from "../domain/address.ts";

/** Where the border proxy stands: the address that the world sees and the address that the inside believes it has. */
export type Border = { readonly outside: Address; readonly inside: Address };

const sipPort = 5060;

/** The order in which the real connector's proxy writes headers; others stand before the body's. */
const order = [
  ["record-route", "via", "route", "max-forwards", "from", "to", "call-id", "cseq", "contact"],
  ["content-type", "content-length", "x-voiceconnector-id", "user-agent"],
] as const;
const ranks = new Map<string, number>([
  ...order[0].map((name, rank) => [name, rank] as const),
  ...order[1].map((name, rank) => [name, order[0].length + 1 + rank] as const),
]);
const rank = (name: string): number => ranks.get(name.toLowerCase()) ?? order[0].length;

/** The same headers in the proxy's order; those of one name keep theirs. */
export function inOrder(all: Headers): Headers {
  return headers([...all].sort(([one], [other]) => rank(one) - rank(other)));
}

/** Replaces every value of a list header. */
export function withList(all: Headers, name: string, values: readonly string[]): Headers {
  return values.reduce((built, value) => built.plus(name, value), all.without(name));
}

const digest = (text: string): string => createHash("md5").update(text).digest("hex");

/** The proxy's own Via. Its branch follows from the next one's, so that a retransmission, a CANCEL and an ACK match. */
export function outsideVia({ outside }: Border, innerVia: string): string {
  return `SIP/2.0/UDP ${formatHostPort(outside)};branch=z9hG4bKec37.${digest(branchOf(innerVia))}.0`;
}

/** The inside's Via as the proxy leaves it. */
export function passedVia({ inside }: Border, innerVia: string): string {
  const { address, port } = inside;
  return `SIP/2.0/UDP ${address};received=${address};rport=${port};branch=${branchOf(innerVia)}`;
}

/** The inside's Via as the inside wrote it. */
export function restoredVia({ inside }: Border, passed: string): string {
  return `SIP/2.0/UDP ${inside.address}:${inside.port};rport;branch=${branchOf(passed)}`;
}

/** Whether a Via is the proxy's own. */
export function isOutsideVia({ outside }: Border, via: string): boolean {
  return via.startsWith(`SIP/2.0/UDP ${formatHostPort(outside)};`);
}

/** Via with where the request really came from, RFC 3261 section 18.2.1 and RFC 3581 section 4, asked for or not. */
export function stampedVia(via: string, source: Address): string {
  const parsed = parseVia(via);
  if (!parsed.ok) return via;
  const params = new Map([
    ...parsed.value.params,
    ["received", source.address],
    ["rport", String(source.port)],
  ] as const);
  return formatVia({ ...parsed.value, params });
}

export function branchOf(via: string): string {
  const parsed = parseVia(via);
  return (parsed.ok ? parsed.value.params.get("branch") : undefined) ?? "";
}

/** Contact of the inside: an address that only the route set reaches. */
export function aliasContact({ inside: { address, port } }: Border): string {
  return `<sip:${address}:${port};alias=${address}~${port}~1>`;
}

/** The Record-Route of a dialog, known by its Call-ID and the tag of the caller: it must come back unchanged. */
export function recordRoute({ outside }: Border, callId: string, callerTag: string): string {
  const host = outside.port === sipPort ? outside.address : formatHostPort(outside);
  const hash = digest(callId);
  return `<sip:${host};lr;ftag=${callerTag};did=${hash.slice(0, 3)}.${hash.slice(3, 7)};nat=yes>`;
}

/** Where a Route, Contact or Request-URI leads; `undefined` for what is not a URI. */
export function hopOf(nameAddr: string): Address | undefined {
  const uri = parseUri(uriOf(nameAddr));
  return uri.ok ? { address: uri.value.host.replace(/^\[|\]$/g, ""), port: uri.value.port ?? sipPort } : undefined;
}

const uriOf = (nameAddr: string): string => {
  const parsed = parseNameAddr(nameAddr);
  return parsed.ok ? parsed.value.uri : nameAddr;
};

export function tagOf(all: Headers, name: "From" | "To"): string | undefined {
  const parsed = parseNameAddr(all.get(name) ?? "");
  return parsed.ok ? parsed.value.params.get("tag") : undefined;
}
