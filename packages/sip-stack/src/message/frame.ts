import { type Parsed, parsed, unparsed } from "../kernel/parsed.ts";
import { limits } from "./limits.ts";
import { trimBlanks } from "./split.ts";
import { textOf } from "./text.ts";

/** A message cut at its empty line: the first line, the fields after it unfolded, and all bytes after the empty line. */
export type Frame = { readonly startLine: string; readonly fields: readonly RawField[]; readonly rest: Uint8Array };

/** A header field, its value trimmed and unfolded; `at` is its offset in the message. */
export type RawField = { readonly name: string; readonly value: string; readonly at: number };

const fieldPattern = /^([A-Za-z0-9.!%*_+`'~-]+)[ \t]*:/;

/** Cuts a message into lines, RFC 3261 section 7.5: line breaks before it are skipped, folded lines are joined. */
export function frameMessage(bytes: Uint8Array): Parsed<Frame> {
  if (bytes.length > limits.messageBytes) return unparsed(limits.messageBytes, "message is too large");
  const start = skipLineBreaks(bytes);
  const end = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf("\r\n\r\n", start);
  if (end === -1) return unparsed(bytes.length, "no empty line after the headers");
  if (end - start > limits.headBytes) return unparsed(start + limits.headBytes, "headers are too large");
  const [startLine = "", ...lines] = textOf(bytes.subarray(start, end)).split("\r\n");
  if (!isOneLine(startLine)) return unparsed(start, "start line is too long or has a stray line break");
  const fields = readFields(lines, start + startLine.length + 2);
  return fields.ok ? parsed({ startLine, fields: fields.value, rest: bytes.subarray(end + 4) }) : fields;
}

function skipLineBreaks(bytes: Uint8Array): number {
  let at = 0;
  while (bytes[at] === 13 && bytes[at + 1] === 10) at += 2;
  return at;
}

function isOneLine(text: string): boolean {
  return text.length <= limits.fieldChars && !/[\r\n]/.test(text);
}

function readFields(lines: readonly string[], start: number): Parsed<RawField[]> {
  const fields: RawField[] = [];
  let at = start;
  for (const line of unfold(lines)) {
    const field = readField(line.text, at);
    if (!field.ok) return field;
    if (fields.push(field.value) > limits.headerFields) return unparsed(at, "too many header fields");
    at += line.length;
  }
  return parsed(fields);
}

function readField(line: string, at: number): Parsed<RawField> {
  if (!isOneLine(line)) return unparsed(at, "header field is too long or has a stray line break");
  const match = fieldPattern.exec(line);
  if (match === null) return unparsed(at, "header field has no name");
  return parsed({ name: match[1]!, value: trimBlanks(line.slice(match[0].length)), at });
}

/** Joins each line with the folded lines after it; `length` is what they take on the wire. RFC 3261 section 7.3.1. */
export function unfold(lines: readonly string[]): { readonly text: string; readonly length: number }[] {
  const joined: { parts: string[]; length: number }[] = [];
  for (const line of lines) {
    const last = joined.at(-1);
    if (last !== undefined && /^[ \t]/.test(line)) {
      last.parts.push(trimBlanks(line));
      last.length += line.length + 2;
    } else joined.push({ parts: [line], length: line.length + 2 });
  }
  return joined.map(({ parts, length }) => ({ text: parts.join(" "), length }));
}
