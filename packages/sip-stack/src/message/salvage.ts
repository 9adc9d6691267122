import { unfold } from "./frame.ts";
import { headers } from "./headers.ts";
import { limits } from "./limits.ts";
import type { SipRequest } from "./message.ts";
import { headerKey } from "./names.ts";
import { isOtherVersion } from "./start-line.ts";
import { textOf } from "./text.ts";

/** What a refusal of an unreadable request needs: its status, and the request with only what a response repeats of it. */
export type Salvage = { readonly status: 400 | 505; readonly request: SipRequest };

const echoed = new Set(["via", "from", "to", "call-id", "cseq"]);
const requestPattern = /^([^\s/]+) (\S+)/;
const fieldPattern = /^([A-Za-z0-9.!%*_+`'~-]+)[ \t]*:(.*)$/s;

/**
 * What can be read of a request that {@link parseMessage} refused, for a stateless 400 (or 505 when only the SIP version
 * is wrong), RFC 3261 section 8.2.6.2: Via, From, To, Call-ID and CSeq as far as they are there, unchecked and without a
 * body. `undefined` when nothing may be sent back: it is a response, an ACK, or has no Via.
 */
export function salvage(bytes: Uint8Array): Salvage | undefined {
  const [startLine = "", ...lines] = headLines(bytes);
  const [, method = "", uri = ""] = requestPattern.exec(startLine) ?? [];
  if (method === "" || method === "ACK") return undefined;
  const fields = headers(
    onlySingles(unfold(lines.slice(0, limits.headerFields)).flatMap(({ text }) => readField(text))),
  );
  const request = { kind: "request", method, uri, headers: fields, body: new Uint8Array(0) } as const;
  return fields.has("Via") ? { status: isOtherVersion(startLine) ? 505 : 400, request } : undefined;
}

function headLines(bytes: Uint8Array): string[] {
  const text = textOf(bytes.subarray(0, limits.headBytes)).replace(/^(?:\r\n)+/, "");
  const end = text.indexOf("\r\n\r\n");
  return (end === -1 ? text : text.slice(0, end)).split("\r\n");
}

function readField(line: string): [name: string, value: string][] {
  const [, name = "", value = ""] = fieldPattern.exec(line) ?? [];
  return echoed.has(headerKey(name)) ? [[name, value]] : [];
}

// Via may come many times; of the others a response carries one.
function onlySingles(fields: readonly [name: string, value: string][]): [name: string, value: string][] {
  const seen = new Set<string>();
  return fields.filter(([name]) => {
    const key = headerKey(name);
    const first = !seen.has(key);
    seen.add(key);
    return first || key === "via";
  });
}
