import { type Params, parseParams } from "./params.ts";
import { parseUri } from "./uri.ts";

/** A telephone number, as a `tel` URI or the user part of a SIP URI writes it. */
export type Telephone = {
  /** Digits, `*` and `#`, without visual separators; a global number begins with its plus. */
  readonly number: string;
  /** What stands before a local number: the first digits of a global one (`+1202`), or a domain name. */
  readonly context?: string;
  /** `ext`, `isub`, `npdi`, `rn`, `verstat`, `cpc` and others: names in lower case, values without escapes. */
  readonly params: Params;
};

const maxChars = 256;
const separators = /[-.()\s]/g;
const numberPattern = /^(?:\+\d+|[\d*#]+)$/;

/**
 * Reads a telephone-subscriber, RFC 3966 section 3: global and local numbers, visual separators, escapes and parameters.
 * `undefined` for whatever is no number, such as a name. More than 256 characters are no number.
 */
export function readTelephone(text: string): Telephone | undefined {
  if (text.length > maxChars) return undefined;
  const semicolon = text.indexOf(";");
  const number = digitsOf(semicolon === -1 ? text : text.slice(0, semicolon));
  if (!numberPattern.test(number)) return undefined;
  const params = readParams(semicolon === -1 ? "" : text.slice(semicolon));
  const context = contextOf(params.get("phone-context"));
  return { number, params, ...(context !== undefined && !number.startsWith("+") && { context }) };
}

/** The number that a URI names: a `tel` URI, or the user part of a SIP URI (RFC 3261 section 19.1.6). */
export function telephoneIn(uri: string): Telephone | undefined {
  if (/^tel:/i.test(uri)) return readTelephone(uri.slice(4));
  const sip = parseUri(uri);
  return sip.ok && sip.value.user !== undefined ? readTelephone(sip.value.user) : undefined;
}

/** The number in one piece: a local one after the global digits of its context, where it has them. */
export function wholeNumber({ number, context }: Telephone): string {
  return context?.startsWith("+") ? `${context}${number}` : number;
}

const digitsOf = (text: string): string => unescaped(text).replace(separators, "");

/** Text with its escapes undone; as it is where they are no UTF-8. */
export function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

// Parameters that cannot be read cost no more than themselves.
function readParams(text: string): Params {
  const params = parseParams(text);
  if (!params.ok) return new Map();
  return new Map([...params.value].map(([name, value]) => [name, value && unescaped(value)]));
}

function contextOf(text: string | undefined): string | undefined {
  if (text === undefined || text === "") return undefined;
  return text.startsWith("+") ? text.replace(separators, "") : text;
}
