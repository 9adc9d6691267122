import type { Headers } from "../message/headers.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import { parseTokenValue } from "../message/value.ts";

/** What we ask for and the least that we take, in seconds, RFC 4028 sections 4 and 5. */
export type SessionTimes = { readonly expiresS: number; readonly minS: number };

/** What both sides agreed: the session's time and who refreshes it. */
export type SessionTerms = { readonly intervalS: number; readonly refresher: "us" | "them" };

/** Header fields as they go on the wire. */
export type Fields = readonly (readonly [name: string, value: string])[];

/** RFC 4028 section 5: no Session-Expires may be shorter. */
export const leastMinS = 90;
// A day: what a peer asks for must fit a timer.
const mostS = 86_400;
// Amounts of seconds above this are no numbers that a peer can mean.
const digits = /^\d{1,10}$/;

/** Whether the message names `timer` in Supported or Require. */
export function namesTimer({ headers }: { readonly headers: Headers }): boolean {
  return [...headers.all("Supported"), ...headers.all("Require")].some((tag) => tag.toLowerCase() === "timer");
}

/** The seconds of Min-SE; 0 where it is absent or unreadable, RFC 4028 section 5. */
export function minSeconds({ headers }: { readonly headers: Headers }): number {
  return secondsOf(headers, "Min-SE")?.seconds ?? 0;
}

/** The seconds of Session-Expires that a request asks for; 0 where it is absent or unreadable, RFC 4028 section 4. */
export function askedSeconds({ headers }: { readonly headers: Headers }): number {
  return secondsOf(headers, "Session-Expires")?.seconds ?? 0;
}

/** Whether a request asks for less than `minS`, RFC 4028 section 9: it is refused with 422. */
export function isTooBrief(request: SipRequest, minS: number): boolean {
  const asked = secondsOf(request.headers, "Session-Expires");
  return asked !== undefined && asked.seconds < minS && namesTimer(request);
}

/** What our 2xx to an INVITE or UPDATE agrees to, RFC 4028 section 9 table 2; without a wish of the peer's the roles stay. */
export function termsOfRequest(
  request: SipRequest,
  times: SessionTimes,
  before: SessionTerms | undefined,
): SessionTerms | undefined {
  const asked = secondsOf(request.headers, "Session-Expires");
  const named = namesTimer(request);
  if (asked === undefined && !named) return undefined;
  const wantedS = asked?.seconds ?? Math.max(times.expiresS, minSeconds(request));
  const byPeer =
    named && (asked?.refresher === "uac" || (asked?.refresher === undefined && before?.refresher === "them"));
  return { intervalS: within(wantedS, times.minS), refresher: byPeer ? "them" : "us" };
}

/** What the peer's 2xx agrees to, RFC 4028 section 7.2: without Session-Expires there is no time limit. */
export function termsOfResponse(response: SipResponse, minS: number): SessionTerms | undefined {
  const given = secondsOf(response.headers, "Session-Expires");
  if (given === undefined) return undefined;
  return { intervalS: within(given.seconds, minS), refresher: given.refresher === "uas" ? "them" : "us" };
}

/** Headers of our 2xx. */
export function termsInResponse({ intervalS, refresher }: SessionTerms, request: SipRequest): Fields {
  const expires = ["Session-Expires", `${intervalS};refresher=${refresher === "us" ? "uas" : "uac"}`] as const;
  return namesTimer(request) ? [["Require", "timer"], expires] : [expires];
}

/** Headers of a re-INVITE or UPDATE of ours: the roles stay. */
export function termsInRequest({ intervalS, refresher }: SessionTerms, minS: number): Fields {
  return [["Session-Expires", `${intervalS};refresher=${refresher === "us" ? "uac" : "uas"}`], ...minInRequest(minS)];
}

/** Headers of our first INVITE: the peer chooses who refreshes. */
export function wishInInvite({ expiresS, minS }: SessionTimes): Fields {
  return [["Session-Expires", String(Math.max(expiresS, minS))], ...minInRequest(minS)];
}

function minInRequest(minS: number): Fields {
  return minS > leastMinS ? [["Min-SE", String(minS)]] : [];
}

function within(seconds: number, minS: number): number {
  return Math.min(Math.max(seconds, minS), Math.max(mostS, minS));
}

type Expires = { readonly seconds: number; readonly refresher: string | undefined };

function secondsOf(headers: Headers, name: string): Expires | undefined {
  const value = parseTokenValue(headers.get(name) ?? "");
  if (!value.ok || !digits.test(value.value.value)) return undefined;
  return { seconds: Number(value.value.value), refresher: value.value.params.get("refresher")?.toLowerCase() };
}
