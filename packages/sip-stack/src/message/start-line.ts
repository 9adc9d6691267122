import { type Parsed, parsed, unparsed } from "../kernel/parsed.ts";
import { limits } from "./limits.ts";
import { isNumber, kinds, skip } from "./scan.ts";
import { parseUri, quickUri } from "./uri.ts";

/** The first line of a message, RFC 3261 sections 7.1 and 7.2. */
export type StartLine =
  | { readonly kind: "request"; readonly method: string; readonly uri: string }
  | { readonly kind: "response"; readonly status: number; readonly reason: string };

const space = 0x20;
const versionChars = " SIP/2.0".length;
const requestPattern = /^([A-Za-z0-9.!%*_+`'~-]+) (\S+) SIP\/2\.0$/i;
const responsePattern = /^SIP\/2\.0 ([1-6]\d\d)(?: (.*))?$/is;
const uriPattern = /^[A-Za-z][A-Za-z0-9+.-]*:[^<>"\s]+$/;

/** Whether a line is a request line of a SIP version that we do not speak: answered 505, RFC 3261 section 21.5.6. */
export function isOtherVersion(line: string): boolean {
  return /^\S+ \S+ SIP\/\d+\.\d+$/i.test(line) && !/ SIP\/2\.0$/i.test(line);
}

/** Reads a start line. A Request-URI of any scheme passes; a SIP URI with embedded headers or in brackets does not. */
export function parseStartLine(line: string): Parsed<StartLine> {
  const quick = quickStartLine(line);
  return quick === undefined ? carefulStartLine(line) : parsed(quick);
}

/** Reads whatever may stand there. */
export function carefulStartLine(line: string): Parsed<StartLine> {
  return /^SIP\//i.test(line) ? parseStatusLine(line) : parseRequestLine(line);
}

/** Reads what nearly everyone writes: SIP/2.0 in capitals, single spaces, a plain SIP URI. */
export function quickStartLine(line: string): StartLine | undefined {
  return line.startsWith("SIP/2.0 ") ? quickStatusLine(line) : quickRequestLine(line);
}

function quickStatusLine(line: string): StartLine | undefined {
  const status = Number(line.slice(8, 11));
  const isQuick = isNumber(line.slice(8, 11), 3) && status >= 100 && status < 700 && line.charCodeAt(11) === space;
  return isQuick ? { kind: "response", status, reason: line.slice(12) } : undefined;
}

function quickRequestLine(line: string): StartLine | undefined {
  const end = skip(line, 0, kinds.token);
  if (end === 0 || end > limits.methodChars || !line.endsWith(" SIP/2.0")) return undefined;
  if (line.charCodeAt(end) !== space || end + 1 >= line.length - versionChars) return undefined;
  const uri = line.slice(end + 1, -versionChars);
  return quickUri(uri) === undefined ? undefined : { kind: "request", method: line.slice(0, end), uri };
}

function parseStatusLine(line: string): Parsed<StartLine> {
  const match = responsePattern.exec(line);
  if (match === null) return unparsed(0, "status line is not 'SIP/2.0 status reason'");
  return parsed({ kind: "response", status: Number(match[1]), reason: match[2] ?? "" });
}

function parseRequestLine(line: string): Parsed<StartLine> {
  if (isOtherVersion(line)) return unparsed(0, "SIP version is not 2.0");
  const match = requestPattern.exec(line);
  if (match === null) return unparsed(0, "request line is not 'method uri SIP/2.0'");
  const [, method = "", uri = ""] = match;
  if (method.length > limits.methodChars) return unparsed(0, "method is too long");
  if (!isRequestUri(uri)) return unparsed(method.length + 1, "Request-URI is malformed or carries headers");
  return parsed({ kind: "request", method, uri });
}

// Headers in a Request-URI would let a peer write headers of our next request, RFC 3261 section 19.1.5.
function isRequestUri(text: string): boolean {
  if (!/^sips?:/i.test(text)) return uriPattern.test(text);
  const uri = parseUri(text);
  return uri.ok && uri.value.headers === undefined;
}
