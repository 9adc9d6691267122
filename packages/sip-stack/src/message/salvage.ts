import { unfold } from "./frame.ts";
import { type Headers, headers } from "./headers.ts";
import { limits } from "./limits.ts";
import { headerKey } from "./names.ts";
import { isOtherVersion } from "./start-line.ts";
import { textOf } from "./text.ts";

/** What a refusal of an unreadable request needs: its status and the headers that a response repeats, in order. */
export type Salvage = { readonly status: 400 | 505; readonly headers: Headers };

const echoed = new Set(["via", "from", "to", "call-id", "cseq"]);
const fieldPattern = /^([A-Za-z0-9.!%*_+`'~-]+)[ \t]*:(.*)$/s;

/**
 * The headers of a request that {@link parseMessage} refused, as far as they can be read, for a stateless 400 (or 505
 * when only the SIP version is wrong), RFC 3261 sections 8.2.6.2 and 16.3. `undefined` when nothing may be sent back:
 * a response, an ACK, no Via.
 */
export function salvage(bytes: Uint8Array): Salvage | undefined {
  const [startLine = "", ...lines] = headLines(bytes);
  if (!/^[^\s/]+ \S/.test(startLine) || startLine.startsWith("ACK ")) return undefined;
  const fields = onlySingles(unfold(lines.slice(0, limits.headerFields)).flatMap(({ text }) => readField(text)));
  const found = headers(fields);
  return found.has("Via") ? { status: isOtherVersion(startLine) ? 505 : 400, headers: found } : undefined;
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
