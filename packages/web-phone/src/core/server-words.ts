/** The longest sentence of a server that is shown; more is cut. */
const longestWords = 200;

/** What the server says in `Reason` (RFC 3326) or `Warning` 399 (RFC 3261 section 20.43) about an ending. */
export type ServerWords = { readonly status: number | undefined; readonly words: string | undefined };

const reasonValue = /^\s*SIP\b/i;
const cause = /;\s*cause\s*=\s*(\d{3})\b/i;
const quotedText = /;\s*text\s*=\s*"((?:[^"\\]|\\.)*)"/i;
const warning = /^\s*399\s+\S+\s+"((?:[^"\\]|\\.)*)"/;

/**
 * Reads the words for a person out of raw header values. Only `Reason` values of the protocol SIP count: those of
 * Q.850 are the network's jargon. Words are cut at 200 characters, and control characters become spaces.
 */
export function readServerWords(reasons: readonly string[], warnings: readonly string[]): ServerWords {
  const reason = reasons.find((value) => reasonValue.test(value));
  const status = reason === undefined ? undefined : cause.exec(reason)?.[1];
  const words = (reason && quotedText.exec(reason)?.[1]) || firstMatch(warning, warnings);
  return { status: status === undefined ? undefined : Number(status), words: words ? plain(words) : undefined };
}

function firstMatch(pattern: RegExp, values: readonly string[]): string | undefined {
  return values.map((value) => pattern.exec(value)?.[1]).find((text) => text !== undefined);
}

function plain(quoted: string): string | undefined {
  const text = quoted
    .replace(/\\(.)/g, "$1")
    .replace(/\p{Cc}/gu, " ")
    .trim();
  return text === "" ? undefined : text.slice(0, longestWords);
}
