import { type Parsed, parsed, unparsed } from "../kernel/parsed.ts";
import { headerFault, readContentLength } from "./checks.ts";
import { type Frame, frameMessage, wholeLines } from "./frame.ts";
import { type Headers, headersOf } from "./headers.ts";
import { limits } from "./limits.ts";
import type { SipMessage } from "./message.ts";
import { parseStartLine, type StartLine } from "./start-line.ts";

/**
 * Reads one whole message of a datagram or a WebSocket frame, RFC 3261 sections 7 and 18.3. Linear in its length and
 * never throws. Octets after Content-Length are ignored, without it the body is all that follows the empty line; the
 * body is a view into `bytes`. Fails when a header that every message needs is missing, malformed or contradictory;
 * other headers are read when someone asks for them. Lines may all end with a bare line feed. In a response, which nobody
 * could refuse, lines without a name are left out. What to answer to a failure: {@link salvage}.
 */
export function parseMessage(bytes: Uint8Array): Parsed<SipMessage> {
  const frame = frameMessage(wholeLines(bytes));
  if (!frame.ok) return frame;
  const startLine = parseStartLine(frame.value.startLine);
  if (!startLine.ok) return startLine;
  const { fields } = frame.value;
  const headers = headersOf(fields);
  return headerFault(startLine.value, headers, fields) ?? withBody(startLine.value, headers, frame.value);
}

function withBody(startLine: StartLine, headers: Headers, { rest }: Frame): Parsed<SipMessage> {
  const body = takeBody(startLine, headers, rest);
  return body.ok ? parsed({ ...startLine, headers, body: body.value }) : body;
}

// A response whose Content-Length is no number is the only one that its request will get: all that came is its body.
function takeBody({ kind }: StartLine, headers: Headers, rest: Uint8Array): Parsed<Uint8Array> {
  const length = readContentLength(headers);
  if (!length.ok && kind === "request") return length;
  const bytes = (length.ok ? length.value : undefined) ?? rest.length;
  if (bytes > limits.bodyBytes) return unparsed(0, "body is too large");
  if (bytes > rest.length) return unparsed(0, "body is shorter than Content-Length");
  return parsed(bytes === rest.length ? rest : rest.subarray(0, bytes));
}
