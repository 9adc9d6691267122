import { type Parsed, parsed, unparsed } from "../kernel/parsed.ts";
import { readFields } from "./frame.ts";
import { type Headers, headersOf } from "./headers.ts";
import { limits } from "./limits.ts";
import { unquote } from "./split.ts";
import { textOf } from "./text.ts";
import { parseTokenValue } from "./value.ts";

/** One part of a multipart body: its own header fields (Content-Type ...) and its bytes, a view into the body. */
export type Part = { readonly headers: Headers; readonly body: Uint8Array };

const lineBreak = "\r\n";
const crlf = Buffer.from(lineBreak);

/**
 * The parts of a multipart body of any bytes, RFC 2046 section 5.1; `contentType` is the value of its Content-Type.
 * Text before the first and after the last part is ignored. Fails without a boundary, when the last part is not closed,
 * and above `limits.bodyParts`.
 */
export function readParts(contentType: string, body: Uint8Array): Parsed<readonly Part[]> {
  const boundary = boundaryOf(contentType);
  if (boundary === undefined) return unparsed(0, "multipart body has no boundary");
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const parts: Part[] = [];
  for (let start = nextDelimiter(bytes, boundary, 0); start !== undefined; ) {
    const from = afterDelimiter(bytes, start, boundary);
    if (from === undefined) return parsed(parts);
    const end = nextDelimiter(bytes, boundary, from - 2);
    if (end === undefined) return unparsed(from, "multipart body is not closed");
    const part = readPart(bytes.subarray(from, Math.max(from, end.lineBreak)));
    if (!part.ok) return part;
    if (parts.push(part.value) > limits.bodyParts) return unparsed(from, "multipart body has too many parts");
    start = end;
  }
  return unparsed(0, "multipart body has no part");
}

function boundaryOf(contentType: string): string | undefined {
  const type = parseTokenValue(contentType);
  const boundary = type.ok ? unquote(type.value.params.get("boundary") ?? "") : "";
  return boundary === "" || boundary.length > 70 ? undefined : boundary;
}

/** `lineBreak` is where the line break before the dashes begins: it belongs to the delimiter. */
type Delimiter = { readonly lineBreak: number; readonly dashes: number };

function nextDelimiter(bytes: Buffer, boundary: string, from: number): Delimiter | undefined {
  const line = `--${boundary}`;
  if (from === 0 && bytes.subarray(0, line.length).equals(Buffer.from(line))) return { lineBreak: 0, dashes: 0 };
  const at = bytes.indexOf(lineBreak + line, Math.max(0, from));
  return at === -1 ? undefined : { lineBreak: at, dashes: at + 2 };
}

// Where the part after a delimiter begins; `undefined`: it is the closing one.
function afterDelimiter(bytes: Buffer, { dashes }: Delimiter, boundary: string): number | undefined {
  const at = dashes + 2 + Buffer.byteLength(boundary);
  if (bytes[at] === 0x2d && bytes[at + 1] === 0x2d) return undefined;
  const end = bytes.indexOf(lineBreak, at);
  return end === -1 ? bytes.length : end + 2;
}

// The empty line may be missing where a part has no body: then all of it is headers.
function readPart(bytes: Buffer): Parsed<Part> {
  const end = bytes.subarray(0, 2).equals(crlf) ? -2 : bytes.indexOf("\r\n\r\n");
  const headEnd = end === -1 ? bytes.length : end + 2;
  if (headEnd > limits.headBytes) return unparsed(0, "headers of a body part are too large");
  const head = textOf(bytes.subarray(0, headEnd));
  const fields = readFields(head === "" || head.endsWith(lineBreak) ? head : head + lineBreak, 0);
  if (!fields.ok) return fields;
  return parsed({ headers: headersOf(fields.value), body: bytes.subarray(Math.min(headEnd + 2, bytes.length)) });
}
