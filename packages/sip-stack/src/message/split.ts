/**
 * Splits at `separator` where it stands outside quoted strings and angle brackets; every part is trimmed.
 * An unclosed quote or bracket reaches to the end. One pass.
 */
export function splitOutside(text: string, separator: "," | ";"): string[] {
  if (!text.includes(separator)) return [trimBlanks(text)];
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') at = quoteEnd(text, at);
    else if (character === "<") at = bracketEnd(text, at);
    else if (character === separator) {
      parts.push(trimBlanks(text.slice(start, at)));
      start = at + 1;
    }
  }
  parts.push(trimBlanks(text.slice(start)));
  return parts;
}

/** Offset of the quote that closes the one at `open`, or the text's length. */
export function quoteEnd(text: string, open: number): number {
  let at = open + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return Math.min(at, text.length);
}

function bracketEnd(text: string, open: number): number {
  const end = text.indexOf(">", open);
  return end === -1 ? text.length : end;
}

/** The meaning of a quoted-string, or the text itself when it is not quoted, RFC 3261 section 25.1. */
export function unquote(text: string): string {
  if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) return text;
  return text.slice(1, -1).replace(/\\([\s\S])/g, "$1");
}

/** A quoted-string with this meaning. */
export function quote(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}

/** Without the spaces and tabs at both ends; other white space is content in SIP. */
export function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text, start)) start++;
  while (end > start && isBlank(text, end - 1)) end--;
  return text.slice(start, end);
}

/** Whether a space or a tab stands there. */
export function isBlank(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 0x20 || code === 0x09;
}
