import { parseNameAddr, type Telephone, telephoneIn, wholeNumber } from "@trunkline/sip-stack";
import type { Config } from "../config/config.ts";
import { type E164, readE164 } from "../domain/names.ts";
import { uriIn, userPart } from "../identity/own-names.ts";
import { readDialled } from "../numbers/dialled.ts";
import type { Route } from "../routing/route.ts";

/**
 * What a URI or a name-addr dials: the number of a `tel` URI, and of a SIP URI whose user part has parameters, without
 * them (RFC 3966, RFC 3261 section 19.1.6); of any other SIP URI the user part.
 */
export function dialledIn(text: string): string {
  const uri = uriIn(text);
  const isPlain = uri.ok && uri.value.user?.includes(";") !== true;
  const telephone = isPlain ? undefined : telephoneIn(plainUri(text));
  if (telephone !== undefined) return numberOf(telephone);
  return uri.ok ? (userPart(text) ?? "") : text;
}

/**
 * The number of ours that the trunk calls: written as E.164, without its plus, or as the country's own callers dial it.
 * What names no number of ours stays as it was written.
 */
export function dialledByTrunk(uri: string, { numbers, calling }: Pick<Config, "numbers" | "calling">): string {
  const telephone = telephoneIn(uri);
  if (telephone === undefined) return dialledIn(uri);
  const number = numberOf(telephone);
  const owned = readings(number, calling.country).find((reading) => numbers.has(reading));
  return owned ?? number;
}

/**
 * The number in one piece. Only some local numbers continue the digits of their context: emergency numbers, extensions and
 * short numbers stand for themselves within it, RFC 3966 section 5.1.5.
 */
function numberOf(telephone: Telephone): string {
  const whole = wholeNumber(telephone);
  return whole.startsWith("+") && readDialled(whole, noCountry).ok ? whole : telephone.number;
}

/** A number with a plus says its country itself. */
const noCountry = "";

function readings(number: string, country: string): readonly E164[] {
  const dialled = readDialled(number, country);
  return [readE164(number), readE164(`+${number}`), dialled.ok ? dialled.number : undefined].filter(
    (reading) => reading !== undefined,
  );
}

/** Without brackets the parameters are those of the URI, as in a request line. */
function plainUri(text: string): string {
  if (!text.includes("<")) return text;
  const address = parseNameAddr(text);
  return address.ok ? address.value.uri : text;
}

/** No number, name or extension is longer. */
const longestShown = 64;

/** What was dialled, as records and logs show it: a peer can write thousands of characters. */
export const shownOf = (dialled: string): string =>
  dialled.length <= longestShown ? dialled : `${dialled.slice(0, longestShown)}…`;

const outboundRingSeconds = 180;

/** The trunk itself decides how long a number rings; ours is only the bound. */
export const ringSecondsOf = (route: Exclude<Route, { kind: "refused" }>): number =>
  route.kind === "users" ? route.ringSeconds : outboundRingSeconds;
