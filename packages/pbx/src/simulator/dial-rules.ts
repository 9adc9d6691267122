import type { Announcement } from "@trunkline/media-relay";
import { parsePhoneNumberFromString } from "libphonenumber-js/max";
import { readE164 } from "../domain/names.ts";
import {
  answer,
  answerSilently,
  earlyMedia,
  echo,
  hangUp,
  play,
  refuse,
  reoffer,
  repeatDigits,
  ring,
  type Script,
  type Step,
  wait,
} from "./script.ts";

/** What the account behind the connector may do. */
export type DialRules = {
  /** The account's numbers in E.164: the only ones that its calls may show. */
  readonly owned: readonly string[];
  /** Countries that may be dialled, ISO 3166 two letters. */
  readonly callingCountries: readonly string[];
  readonly callsPerSecond: number;
  /** What +1 500 555 0005 plays before it ends. */
  readonly announcement: Announcement;
};

/** A call that reaches the connector: the user parts of From and of the Request-URI, and how many came in the last second. */
export type Attempt = { readonly from: string; readonly to: string; readonly callsInLastSecond: number };

const ringMs = 1000;

/** Every allowed number without an entry of its own rings, answers and echoes. */
const anyNumber: Script = [ring, wait(ringMs), answer(echo)];

const octetsPerMs = 8;
/** How long +1 500 555 0006 talks, and +1 500 555 0008 before and between what it asks. */
const talkMs = 5000;
const betweenMs = 2000;

/** The numbers with a behaviour of their own. */
const specialNumbers = ({ announcement }: DialRules): Readonly<Record<string, Script>> => ({
  "+15005550001": [refuse(486)],
  "+15005550002": [ring],
  "+15005550003": [refuse(404)],
  "+15005550004": [refuse(503)],
  "+15005550005": [earlyMedia(play(announcement)), wait(announcement.pcmu.length / octetsPerMs), refuse(480)],
  "+15005550006": [...anyNumber, wait(talkMs), hangUp],
  "+15005550007": [ring, wait(ringMs), repeatDigits, answerSilently],
  "+15005550008": [
    ...anyNumber,
    wait(betweenMs),
    reoffer("sendrecv"),
    wait(betweenMs),
    reoffer("sendonly"),
    wait(betweenMs),
    reoffer("sendrecv"),
  ],
});

type Check = (attempt: Attempt, rules: DialRules) => Step | undefined;

/** What is refused before any number is reached, the first that applies. */
const checks: readonly Check[] = [
  ({ callsInLastSecond }, { callsPerSecond }) => when(callsInLastSecond >= callsPerSecond, refuse(503)),
  ({ from }, { owned }) => when(!owned.includes(from), refuse(403, `Caller Id ${printable(from)} is not valid`)),
  ({ to }) => when(readE164(to) === undefined, refuse(404)),
  ({ to }, { callingCountries }) => when(!isAllowed(to, callingCountries), refuse(403, "Country is not allowed")),
];

/**
 * Decides what a dialled number does. Pure.
 * The 403 for a caller id is what the real connector sends; the other refusals before the number is reached are
 * assumptions about it that nothing may depend on.
 */
export function answerFor(attempt: Attempt, rules: DialRules): Script {
  for (const check of checks) {
    const refusal = check(attempt, rules);
    if (refusal !== undefined) return [refusal];
  }
  return new Map(Object.entries(specialNumbers(rules))).get(attempt.to) ?? anyNumber;
}

const when = (applies: boolean, step: Step): Step | undefined => (applies ? step : undefined);

function isAllowed(number: string, countries: readonly string[]): boolean {
  const country = parsePhoneNumberFromString(number)?.country;
  return country !== undefined && countries.includes(country);
}

const longestShown = 32;

/** A peer's text as it may stand in a reason phrase. */
const printable = (text: string): string => text.replaceAll(/[^\w+.@-]/g, "").slice(0, longestShown);
