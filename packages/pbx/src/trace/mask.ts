const masked = "[masked]";

/** Header fields whose value proves who sent a message. */
const credentials = new Set(["authorization", "proxy-authorization"]);

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

function contentTypeIn(head: string): string {
  return /^(?:content-type|c)[ \t]*:(.*)/im.exec(head)?.[1] ?? "";
}

/** Masks header fields with credentials, folded lines with them. */
function maskFields(head: string): string {
  let credential: Credential | undefined;
  const lines = head.split("\n").map((line) => {
    const isFolded = line.startsWith(" ") || line.startsWith("\t");
    const start = isFolded ? 0 : line.indexOf(":") + 1;
    if (!isFolded) credential = isCredential(line.slice(0, start)) ? { isDigest: false } : undefined;
    return credential === undefined
      ? maskLine(line)
      : line.slice(0, start) + credentialMasked(line.slice(start), credential);
  });
  return lines.join("\n");
}

/** A header field with credentials, while its lines are read. */
type Credential = { isDigest: boolean };

const isCredential = (name: string): boolean => credentials.has(name.slice(0, -1).trim().toLowerCase());

/** Digest answers, RFC 3261 section 22.4: with one, passwords can be tried. Of other schemes nothing is shown. */
function credentialMasked(value: string, credential: Credential): string {
  credential.isDigest ||= /^[ \t]*digest\b/i.test(value);
  if (!credential.isDigest) return maskValue(value);
  return value.replace(/response[ \t]*=[ \t]*(?:"(?:[^"\\]|\\.)*"?|[^,\s]*)/gi, masked);
}

function maskBody(body: string, type: string): string {
  if (body === "") return body;
  if (keyPressType.test(type)) return maskKeyPress(body);
  return body.split("\n").map(maskLine).join("\n");
}

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
