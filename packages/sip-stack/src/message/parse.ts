import { type Parsed, parsed, unparsed } from "../kernel/parsed.ts";
import { headerFault, readContentLength } from "./checks.ts";
import { type Frame, frameMessage } from "./frame.ts";
import { type Headers, headers } from "./headers.ts";
import type { SipMessage } from "./message.ts";
import { parseStartLine, type StartLine } from "./start-line.ts";

/**
 * Reads one whole message of a datagram or a WebSocket frame, RFC 3261 sections 7 and 18.3. Linear in its length and
 * never throws. Octets after Content-Length are ignored, without it the body is all that follows the empty line; the
 * body is a view into `bytes`. Fails when a header that every message needs is missing, malformed or contradictory;
 * other headers are read when someone asks for them. What to answer to a failure: {@link salvage}.
 */
export function parseMessage(bytes: Uint8Array): Parsed<SipMessage> {
  const frame = frameMessage(bytes);
  if (!frame.ok) return frame;
  const startLine = parseStartLine(frame.value.startLine);
  if (!startLine.ok) return startLine;
  const fields = headers(frame.value.fields.map(({ name, value }) => [name, value] as const));
  return headerFault(startLine.value, fields, frame.value.fields) ?? withBody(startLine.value, fields, frame.value);
}

function withBody(startLine: StartLine, fields: Headers, frame: Frame): Parsed<SipMessage> {
  const body = takeBody(fields, frame.rest);
  return body.ok ? parsed({ ...startLine, headers: fields, body: body.value }) : body;
}

function takeBody(fields: Headers, rest: Uint8Array): Parsed<Uint8Array> {
  const length = readContentLength(fields);
  if (!length.ok) return length;
  if (length.value === undefined) return parsed(rest);
  const isShort = length.value > rest.length;
  return isShort ? unparsed(0, "body is shorter than Content-Length") : parsed(rest.subarray(0, length.value));
}
