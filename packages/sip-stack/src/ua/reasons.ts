import type { SipMessage } from "../message/message.ts";
import { quote, unquote } from "../message/split.ts";
import { parseTokenValue } from "../message/value.ts";

/** One value of Reason, RFC 3326: `SIP` with a status or `Q.850` with a cause, and words. */
export type Reason = { readonly protocol: string; readonly cause?: number; readonly text?: string };

/** One value of Warning, RFC 3261 section 20.43. */
export type Warning = { readonly code: number; readonly agent: string; readonly text: string };

const mostValues = 8;

/** The values of Reason in their order; malformed ones are left out. */
export function reasonsOf(message: SipMessage): readonly Reason[] {
  return message.headers.all("Reason").slice(0, mostValues).flatMap(readReason);
}

function readReason(value: string): Reason[] {
  const read = parseTokenValue(value);
  if (!read.ok) return [];
  const { value: protocol, params } = read.value;
  const cause = params.get("cause");
  const text = params.get("text");
  const hasCause = cause !== undefined && /^\d{1,5}$/.test(cause);
  return [{ protocol, ...(hasCause && { cause: Number(cause) }), ...(text !== undefined && { text: unquote(text) }) }];
}

/** A value of Reason as it goes on the wire. */
export function formatReason({ protocol, cause, text }: Reason): string {
  return `${protocol}${cause === undefined ? "" : `;cause=${cause}`}${text === undefined ? "" : `;text=${quote(text)}`}`;
}

/** The values of Warning in their order; malformed ones are left out. */
export function warningsOf(message: SipMessage): readonly Warning[] {
  return message.headers.all("Warning").slice(0, mostValues).flatMap(readWarning);
}

function readWarning(value: string): Warning[] {
  const [, code, agent, text] = /^(\d{3}) (\S+) ("(?:[^"\\]|\\.)*")$/.exec(value) ?? [];
  if (code === undefined || agent === undefined || text === undefined) return [];
  return [{ code: Number(code), agent, text: unquote(text) }];
}

/** A value of Warning as it goes on the wire. */
export function formatWarning({ code, agent, text }: Warning): string {
  return `${code} ${agent} ${quote(text)}`;
}
