import { type Parsed, parsed, unparsed } from "../kernel/parsed.ts";
import { branchCookie } from "../kernel/random.ts";
import { follows } from "./grammar.ts";
import { splitHostPort } from "./host.ts";
import { formatParams, type Params, parseParams, quickParams } from "./params.ts";
import { trimBlanks } from "./split.ts";

/**
 * One value of Via, RFC 3261 section 20.42. `transport` as written (UDP, WSS ...); host and port are the sent-by.
 * `branch`, `received` and `rport` (RFC 3581) are in `params`, `rport` without a value when it asks for one.
 */
export type Via = {
  readonly transport: string;
  readonly host: string;
  readonly port?: number;
  readonly params: Params;
};

/** Protocol and sent-by as nearly everyone writes them: single space, no IPv6 host. */
export const quickHead = /^SIP\/2\.0\/[\w.!%*+`'~-]+ [\w.:-]+$/;
const headPattern = /^SIP\s*\/\s*2\.0\s*\/\s*([\w.!%*+`'~-]+)\s+(\S.*)$/is;

/** Reads one value of Via. Fails on an rport that is no port and on a branch that is only the cookie. */
export function parseVia(text: string): Parsed<Via> {
  const semicolon = text.indexOf(";");
  const head = trimBlanks(semicolon === -1 ? text : text.slice(0, semicolon));
  const tail = semicolon === -1 ? "" : trimBlanks(text.slice(semicolon));
  const isQuick = quickHead.test(head) && quickParams.test(tail);
  if (!isQuick && !follows("Via", text)) return unparsed(0, "Via is malformed");
  const params = parseParams(tail);
  if (!params.ok) return params;
  return hasFault(params.value) ?? takeApart(head, params.value);
}

function takeApart(head: string, params: Params): Parsed<Via> {
  const match = headPattern.exec(head);
  const sentBy = match === null ? undefined : splitHostPort(match[2]!);
  if (match === null || sentBy === undefined) return unparsed(0, "Via has a malformed protocol or sent-by");
  const { host, port } = sentBy;
  return parsed({ transport: match[1]!, host, params, ...(port === undefined ? {} : { port }) });
}

function hasFault(params: Params): Parsed<never> | undefined {
  const rport = params.get("rport");
  if (rport !== undefined && !/^\d{0,5}$/.test(rport)) return unparsed(0, "Via has a malformed rport");
  return params.get("branch") === branchCookie ? unparsed(0, "Via branch is only the cookie") : undefined;
}

/** The value as text, without white space but the one before the sent-by. */
export function formatVia(via: Via): string {
  const port = via.port === undefined ? "" : `:${via.port}`;
  return `SIP/2.0/${via.transport} ${via.host}${port}${formatParams(via.params)}`;
}
