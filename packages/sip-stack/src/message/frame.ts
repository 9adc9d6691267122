import { isAscii } from "node:buffer";
import { type Parsed, parsed, unparsed } from "../kernel/parsed.ts";
import { HeaderField } from "./header-field.ts";
import { limits } from "./limits.ts";
import { kinds, skip } from "./scan.ts";
import { isBlank, trimBlanks } from "./split.ts";
import { textOf } from "./text.ts";

/** A message cut at its empty line: the first line, the fields after it unfolded, and all bytes after the empty line. */
export type Frame = { readonly startLine: string; readonly fields: readonly HeaderField[]; readonly rest: Uint8Array };

const colon = 0x3a;
const returnCode = 0x0d;
const lineFeed = 0x0a;

/** Cuts a message into lines, RFC 3261 section 7.5: line breaks before it are skipped, folded lines are joined. */
export function frameMessage(bytes: Uint8Array): Parsed<Frame> {
  if (bytes.length > limits.messageBytes) return unparsed(limits.messageBytes, "message is too large");
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = skipLineBreaks(buffer);
  const end = buffer.indexOf("\r\n\r\n", start, "latin1");
  if (end === -1) return unparsed(bytes.length, "no empty line after the headers");
  if (end - start > limits.headBytes) return unparsed(start + limits.headBytes, "headers are too large");
  return readHead(headText(buffer.subarray(start, end + 2)), start, buffer.subarray(end + 4));
}

/** The message with CR LF at the ends of its lines where all of its head has bare line feeds, as some peers write it. */
export function wholeLines(bytes: Uint8Array): Uint8Array {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let start = 0;
  while (buffer[start] === lineFeed) start++;
  const firstEnd = buffer.indexOf(lineFeed, start);
  if (firstEnd === -1 || buffer[firstEnd - 1] === returnCode || bytes.length > limits.messageBytes) return bytes;
  const end = buffer.indexOf("\n\n", start, "latin1");
  const head = buffer.toString("latin1", start, end === -1 ? buffer.length : end + 2);
  if (head.includes("\r")) return bytes;
  const rest = end === -1 ? [] : [buffer.subarray(end + 2)];
  return Buffer.concat([Buffer.from(head.replaceAll("\n", "\r\n"), "latin1"), ...rest]);
}

function skipLineBreaks(bytes: Buffer): number {
  let at = 0;
  while (bytes[at] === 13 && bytes[at + 1] === 10) at += 2;
  return at;
}

function headText(bytes: Buffer): string {
  return isAscii(bytes) ? bytes.toString("latin1") : textOf(bytes);
}

function readHead(head: string, offset: number, rest: Uint8Array): Parsed<Frame> {
  const end = lineEnd(head, 0);
  if (end === -1 || end > limits.fieldChars)
    return unparsed(offset, "start line is too long or has a stray line break");
  const fields = readFields(head, end + 2, offset, /^SIP\//i.test(head));
  return fields.ok ? parsed({ startLine: head.slice(0, end), fields: fields.value, rest }) : fields;
}

/**
 * Reads header fields from `from` on; every line of `head` ends with a line break. The fields' offsets count from
 * `offset`; lines that have no name are a failure unless `areSkipped`. RFC 3261 section 7.3.1.
 */
export function readFields(head: string, from: number, offset = 0, areSkipped = false): Parsed<readonly HeaderField[]> {
  const fields: HeaderField[] = [];
  for (let at = from; at < head.length; ) {
    const end = fieldEnd(head, at);
    if (end === -1) return unparsed(offset + at, "header field is too long or has a stray line break");
    const field = readField(head, at, end, offset + at);
    if (field === undefined && !areSkipped) return unparsed(offset + at, "header field has no name");
    if (field !== undefined) fields.push(field);
    if (fields.length > limits.headerFields) return unparsed(offset + at, "too many header fields");
    at = end + 2;
  }
  return parsed(fields);
}

// Where the line break stands that ends a field, the lines folded into it included; -1: stray line break, or too long.
function fieldEnd(head: string, start: number): number {
  let end = lineEnd(head, start);
  while (end !== -1 && isBlank(head, end + 2)) end = lineEnd(head, end + 2);
  return end - start > limits.fieldChars ? -1 : end;
}

function lineEnd(head: string, start: number): number {
  const end = head.indexOf("\n", start) - 1;
  const isWhole = end >= start && head.charCodeAt(end) === returnCode && head.indexOf("\r", start) === end;
  return isWhole ? end : -1;
}

function readField(head: string, start: number, end: number, at: number): HeaderField | undefined {
  const nameEnd = skip(head, start, kinds.token);
  let mark = nameEnd;
  while (isBlank(head, mark)) mark++;
  if (nameEnd === start || head.charCodeAt(mark) !== colon) return undefined;
  return new HeaderField(head.slice(start, nameEnd), unfold(head.slice(mark + 1, end)), at);
}

/** A field's value in one line: what was folded is joined by one space. */
export function unfold(value: string): string {
  return trimBlanks(value.includes("\n") ? value.split("\r\n").map(trimBlanks).join(" ") : value);
}
