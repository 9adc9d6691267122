import { formatReason, formatWarning } from "@trunkline/sip-stack";

/** Why a call ended or never came to be: one value for the person, the record and the wire. */
export type Ending = {
  /** Stable word for scripts and records. */
  readonly code: EndingCode;
  /** A sentence for the person who was calling or talking. */
  readonly words: string;
  /** What it is as a SIP status, RFC 3261 section 21. */
  readonly sip: number;
  /** What it is as a Q.850 cause, ITU-T Q.850 table 1. */
  readonly q850: number;
  /** Who brought it about. */
  readonly by: "caller" | "callee" | "system";
};

/** Everything that can end a call, with its words and codes: the one place where they stand. */
const endings = {
  "hung-up": { words: "The other side hung up.", sip: 200, q850: 16 },
  cancelled: { words: "The caller hung up before anyone answered.", sip: 487, q850: 16 },
  "answered-elsewhere": { words: "Answered on another device.", sip: 200, q850: 26 },
  busy: { words: "The line is busy.", sip: 486, q850: 17 },
  declined: { words: "The call was declined.", sip: 603, q850: 21 },
  "no-answer": { words: "Nobody answered.", sip: 480, q850: 19 },
  "not-registered": { words: "Nobody is online to take this call.", sip: 480, q850: 20 },
  "no-such-number": { words: "This number does not exist.", sip: 404, q850: 1 },
  "not-a-number": { words: "This is not a telephone number.", sip: 484, q850: 28 },
  emergency: { words: "This line cannot carry emergency calls. Use another phone.", sip: 403, q850: 21 },
  "short-number": { words: "Short numbers cannot be called from here. Dial the full number.", sip: 404, q850: 28 },
  "not-allowed": { words: "This call is not allowed.", sip: 403, q850: 21 },
  "premium-number": {
    words: "Premium, shared-cost and satellite numbers cannot be called from here.",
    sip: 403,
    q850: 21,
  },
  "longest-call": { words: "The call reached the maximum length.", sip: 200, q850: 16 },
  "held-too-long": { words: "The call was on hold for longer than is allowed.", sip: 200, q850: 16 },
  transferred: { words: "The call was transferred.", sip: 200, q850: 16 },
  "minutes-used": { words: "Your minutes for today are used up.", sip: 403, q850: 21 },
  "too-fast": { words: "Too many calls were started at once. Try again in a moment.", sip: 503, q850: 42 },
  "caller-id-refused": { words: "The network does not accept the number shown for this call.", sip: 403, q850: 21 },
  "too-many-calls": { words: "Too many calls are in progress. Try again in a moment.", sip: 503, q850: 42 },
  "shutting-down": { words: "The phone system is restarting. Try again in a moment.", sip: 503, q850: 41 },
  "no-common-audio": { words: "The two ends have no audio codec in common.", sip: 488, q850: 88 },
  "media-failed": { words: "No network path for audio was found.", sip: 500, q850: 41 },
  "media-lost": { words: "The audio connection was lost.", sip: 480, q850: 41 },
  "no-resources": { words: "The phone system has no room for another call.", sip: 503, q850: 47 },
  "trunk-unreachable": { words: "The telephone network cannot be reached.", sip: 503, q850: 38 },
  "trunk-failed": { words: "The telephone network could not connect the call.", sip: 503, q850: 41 },
  "no-ack": { words: "The other side did not confirm the call.", sip: 408, q850: 102 },
  "peer-lost": { words: "The connection to the other side was lost.", sip: 480, q850: 41 },
  "server-lost": { words: "The server stopped during the call.", sip: 500, q850: 41 },
  "operator-ended": { words: "The call was ended by the operator.", sip: 200, q850: 16 },
  "signed-out": { words: "The phone was signed out.", sip: 200, q850: 16 },
  loop: { words: "The call came back to where it started.", sip: 483, q850: 25 },
  failed: { words: "The call could not be connected.", sip: 500, q850: 41 },
} as const;

/** What is said of an audio connection that was there and broke. */
export const lostWords = (why: string): string => `The audio connection was lost: ${why}.`;

export type EndingCode = keyof typeof endings;

/** Makes an ending; `changes` overrides words or status where the cause knows better. */
export function ending(
  code: EndingCode,
  by: Ending["by"] = "system",
  changes: { readonly words?: string; readonly sip?: number; readonly q850?: number } = {},
): Ending {
  return { code, by, ...endings[code], ...changes };
}

const retryAfterSeconds: Partial<Record<EndingCode, number>> = {
  "too-fast": 2,
  "too-many-calls": 10,
  "no-resources": 10,
  "shutting-down": 30,
};

/** The headers of a response that refuses a call; what passes says when to try again (RFC 3261 section 20.33). */
export function refusalHeaders(why: Ending): readonly (readonly [string, string])[] {
  const seconds = why.sip === 503 ? retryAfterSeconds[why.code] : undefined;
  return seconds === undefined ? endingHeaders(why) : [...endingHeaders(why), ["Retry-After", String(seconds)]];
}

/** The texts of Reason that phones look for, word by word. */
const wireTexts: Partial<Record<EndingCode, string>> = { "answered-elsewhere": "Call completed elsewhere" };

/** The headers that carry an ending to a peer: Reason (RFC 3326) twice and Warning (RFC 3261 section 20.43). */
export function endingHeaders({ code, words, sip, q850 }: Ending): readonly (readonly [string, string])[] {
  const text = words.replaceAll(/["\\]/g, "");
  return [
    ["Reason", formatReason({ protocol: "SIP", cause: sip, text: wireTexts[code] ?? text })],
    ["Reason", formatReason({ protocol: "Q.850", cause: q850 })],
    ["Warning", formatWarning({ code: 399, agent: "trunkline", text })],
  ];
}
