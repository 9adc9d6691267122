const masked = "[masked]";

/** Header fields whose value proves who sent a message. */
const credentials = new Set(["authorization", "proxy-authorization"]);
const contentTypes = new Set(["content-type", "c"]);

/** Media types of key presses in one body or another. */
const keyPressType = /dtmf|digits|kpml/i;
/** A key press whose body has a line for the key alone. */
const keyPressLine = /^([ \t]*signal[ \t]*=)/i;

/**
 * A SIP message as text without secrets: credentials, passwords in URIs, keys of SRTP and ICE, and the keys that
 * somebody pressed. Takes time linear in the text's length, whatever the text is.
 */
export function maskSecrets(text: string): string {
  const headEnd = endOfHead(text);
  const head = text.slice(0, headEnd);
  const body = maskUriPasswords(maskBody(text.slice(headEnd), contentTypeIn(head)));
  return maskUriPasswords(maskFields(head)) + body;
}

/** Where the body begins: behind the first empty line. */
function endOfHead(text: string): number {
  const at = /\r?\n\r?\n/.exec(text);
  return at === null ? text.length : at.index + at[0].length;
}

/** All that the head says of the body's type. */
function contentTypeIn(head: string): string {
  return fieldsOf(head)
    .filter((field) => contentTypes.has(nameOf(field)))
    .join("\n");
}

/** The header fields (and the start line) as they are written, each with its folded lines. */
function fieldsOf(head: string): readonly string[] {
  const fields: string[][] = [];
  for (const line of head.split("\n")) {
    const isFolded = line.startsWith(" ") || line.startsWith("\t");
    if (isFolded && fields.length > 0) fields.at(-1)!.push(line);
    else fields.push([line]);
  }
  return fields.map((lines) => lines.join("\n"));
}

const nameOf = (field: string): string =>
  field
    .slice(0, Math.max(0, field.indexOf(":")))
    .trim()
    .toLowerCase();

const maskFields = (head: string): string =>
  fieldsOf(head)
    .map((field) => (credentials.has(nameOf(field)) ? maskCredentials(field) : maskLines(field)))
    .join("\n");

/** Digest answers, RFC 3261 section 22.4: with one, passwords can be tried. Of other schemes nothing is shown. */
function maskCredentials(field: string): string {
  const start = field.indexOf(":") + 1;
  const value = field.slice(start);
  const shown = /^\s*digest\b/i.test(value) ? maskResponse(value) : value.split("\n").map(maskValue).join("\n");
  return field.slice(0, start) + shown;
}

const maskResponse = (value: string): string =>
  value.replace(/response\s*=(?:\s*"(?:[^"\\]|\\[\s\S])*"?|\s*[^,\s]*)/gi, masked);

function maskBody(body: string, type: string): string {
  if (body === "") return body;
  // A part of several bodies has a type of its own, RFC 2046 section 5.1.
  if (/multipart/i.test(type) && keyPressType.test(body)) return masked;
  return keyPressType.test(type) ? maskKeyPress(body) : maskLines(body);
}

const maskLines = (text: string): string => text.split("\n").map(maskLine).join("\n");

/** Keys in SDP, wherever a broken message has them: RFC 4568 section 9.1, RFC 8839 section 5.4, RFC 4566 section 5.12. */
function maskLine(line: string): string {
  const name = /^(?:a=crypto:|a=ice-pwd:|k=|[ \t]*signal[ \t]*=)/i.exec(line)?.[0];
  if (name === undefined) return line;
  if (/^a=crypto:/i.test(name)) return line.replace(/inline:[^\s|;]+/gi, `inline:${masked}`);
  return `${name}${maskValue(line.slice(name.length))}`;
}

function maskKeyPress(body: string): string {
  const lines = body.split("\n");
  if (!lines.some((line) => keyPressLine.test(line))) return masked;
  return lines
    .map((line) => line.replace(/^([ \t]*signal[ \t]*=)(.*)/i, (_, name, rest) => name + maskValue(rest)))
    .join("\n");
}

/** Masks a value, but not the blanks around it. */
function maskValue(value: string): string {
  const start = /^[ \t]*/.exec(value)?.[0] ?? "";
  if (value.trim() === "") return value;
  return `${start}${masked}${value.endsWith("\r") ? "\r" : ""}`;
}

/** RFC 3261 section 19.1.1: `sip:user:password@host`. Every run of characters before an `@` is read once. */
function maskUriPasswords(text: string): string {
  return text.replace(/[^\s<>@]+@?/g, (run) => (run.endsWith("@") ? maskPassword(run) : run));
}

function maskPassword(run: string): string {
  const scheme = /sips?:/i.exec(run);
  if (scheme === null) return run;
  const user = scheme.index + scheme[0].length;
  const colon = run.indexOf(":", user);
  return colon < 0 || colon === run.length - 2 ? run : `${run.slice(0, colon + 1)}${masked}@`;
}
