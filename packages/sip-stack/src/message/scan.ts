/** Kinds of characters, RFC 3261 section 25.1; a character may be of several. To be added up into sets. */
export const kinds = {
  /** token */
  token: 1,
  /** user, without escapes */
  user: 2,
  /** paramchar, without escapes and brackets */
  uriParam: 4,
  /** What a domain name or an IPv4 address is made of, underscore included. */
  host: 8,
  /** What a quoted string may have without a backslash, its quotes apart. */
  quoted: 16,
  digit: 32,
  upper: 64,
} as const;

const kindsOf = new Uint8Array(128);
const mark = (kind: number, pattern: RegExp): void => {
  for (let code = 0; code < 128; code++) if (pattern.test(String.fromCharCode(code))) kindsOf[code]! |= kind;
};
mark(kinds.token, /[\w.!%*+`'~-]/);
mark(kinds.user, /[\w.!~*'()&=+$,;?/-]/);
mark(kinds.uriParam, /[\w.!~*'()/:&+$-]/);
mark(kinds.host, /[\w.-]/);
mark(kinds.quoted, /[\x20!#-[\]-~]/);
mark(kinds.digit, /\d/);
mark(kinds.upper, /[A-Z]/);

/** Whether the character at an offset is of one of the kinds. */
export function isKind(text: string, at: number, wanted: number): boolean {
  const code = text.charCodeAt(at);
  return code < 128 && (kindsOf[code]! & wanted) !== 0;
}

/** Whether text is a number of at most so many decimal digits, and nothing else. */
export function isNumber(text: string, maxDigits: number): boolean {
  return text.length > 0 && text.length <= maxDigits && skip(text, 0, kinds.digit) === text.length;
}

/** The offset of the first character from `at` on that is of none of the kinds, or the text's length. */
export function skip(text: string, at: number, wanted: number): number {
  let end = at;
  while (end < text.length && isKind(text, end, wanted)) end++;
  return end;
}
