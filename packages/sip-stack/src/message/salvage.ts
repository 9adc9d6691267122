import { unfold, wholeLines } from "./frame.ts";
import { HeaderField } from "./header-field.ts";
import { headersOf } from "./headers.ts";
import { limits } from "./limits.ts";
import type { SipRequest } from "./message.ts";
import { isSingle } from "./names.ts";
import { isOtherVersion } from "./start-line.ts";
import { textOf } from "./text.ts";

/** What a refusal of an unreadable request needs: its status, and the request with only what a response repeats of it. */
export type Salvage = { readonly status: 400 | 413 | 505 | 513; readonly request: SipRequest };

const echoed = new Set(["via", "from", "to", "call-id", "cseq"]);
const requestPattern = /^([^\s/]+)[ \t]+(\S+)/;
const fieldPattern = /^([A-Za-z0-9.!%*_+`'~-]+)[ \t]*:(.*)$/s;

/**
 * What can be read of a request that {@link parseMessage} refused, for a stateless 400 (505 when only the SIP version
 * is wrong, 513 or 413 when it or its body is too large), RFC 3261 section 8.2.6.2: Via, From, To, Call-ID and CSeq as
 * far as they are there, unchecked and without a body. `undefined` when nothing may be sent back: it is a response, an
 * ACK, or has no Via.
 */
export function salvage(bytes: Uint8Array): Salvage | undefined {
  const { startLine, lines, headBytes } = headLines(wholeLines(bytes));
  const [, method = "", uri = ""] = requestPattern.exec(startLine) ?? [];
  if (method === "" || method === "ACK") return undefined;
  const headers = headersOf(onlySingles(lines.flatMap(readField)));
  const request = { kind: "request", method, uri, headers, body: new Uint8Array(0) } as const;
  const status = isOtherVersion(startLine) ? 505 : (sizeStatus(bytes.length, headBytes) ?? 400);
  return headers.get("Via") ? { status, request } : undefined;
}

function sizeStatus(bytes: number, headBytes: number): 413 | 513 | undefined {
  if (bytes > limits.messageBytes || headBytes > limits.headBytes) return 513;
  return bytes - headBytes - 4 > limits.bodyBytes ? 413 : undefined;
}

// A line break before a space or a tab folds a line and does not end a field.
function headLines(bytes: Uint8Array): { startLine: string; lines: string[]; headBytes: number } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = buffer.indexOf("\r\n\r\n", 4);
  const headBytes = end === -1 ? bytes.length : end;
  const text = textOf(bytes.subarray(0, Math.min(headBytes, limits.headBytes))).replace(/^(?:\r\n)+/, "");
  const [startLine = "", ...lines] = text.split(/\r\n(?![ \t])/, limits.headerFields + 1);
  return { startLine, lines, headBytes };
}

function readField(line: string): HeaderField[] {
  const [, name = "", value = ""] = fieldPattern.exec(line) ?? [];
  const field = new HeaderField(name, unfold(value).replace(/[\r\n]+/g, " "), 0);
  return echoed.has(field.key) ? [field] : [];
}

// Via may come many times; of the others a response carries one.
function onlySingles(fields: readonly HeaderField[]): HeaderField[] {
  const seen = new Set<string>();
  return fields.filter(({ key }) => {
    const first = !seen.has(key);
    seen.add(key);
    return first || !isSingle(key);
  });
}
