import { type Parsed, parsed, unparsed } from "../kernel/parsed.ts";
import { branchCookie } from "../kernel/random.ts";
import { follows } from "./grammar.ts";
import { quickHostPort, splitHostPort } from "./host.ts";
import { formatParams, type Params, parseParams, quickParams } from "./params.ts";
import { kinds, skip } from "./scan.ts";
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

const headPattern = /^SIP\s*\/\s*2\.0\s*\/\s*([\w.!%*+`'~-]+)\s+(\S.*)$/is;
const protocol = "SIP/2.0/";

/**
 * Reads one value of Via. Fails on a branch that is only the cookie or no token. The values of other parameters are not
 * checked: what needs one checks it, and a response is not lost because of what a peer wrote beside our branch.
 */
export function parseVia(text: string): Parsed<Via> {
  const quick = quickVia(text);
  if (quick !== undefined) return faultOf(quick.params) ?? parsed(quick);
  const semicolon = text.indexOf(";");
  const head = trimBlanks(semicolon === -1 ? text : text.slice(0, semicolon));
  if (!follows("Via", head)) return unparsed(0, "Via is malformed");
  const params = parseParams(semicolon === -1 ? "" : trimBlanks(text.slice(semicolon)));
  if (!params.ok) return params;
  return faultOf(params.value) ?? takeApart(head, params.value);
}

/** Reads what nearly everyone writes: a single space, no white space elsewhere; `undefined` for whatever else. */
export function quickVia(text: string): Via | undefined {
  if (!text.startsWith(protocol)) return undefined;
  const space = skip(text, protocol.length, kinds.token);
  if (space === protocol.length || text[space] !== " ") return undefined;
  const sentBy = quickHostPort(text, space + 1);
  const params = sentBy && quickParams(text, sentBy.end);
  if (sentBy === undefined || params === undefined) return undefined;
  const transport = text.slice(protocol.length, space);
  const { host, port } = sentBy;
  return port === undefined ? { transport, host, params } : { transport, host, port, params };
}

function takeApart(head: string, params: Params): Parsed<Via> {
  const match = headPattern.exec(head);
  const sentBy = match === null ? undefined : splitHostPort(match[2]!);
  if (match === null || sentBy === undefined) return unparsed(0, "Via has a malformed protocol or sent-by");
  const { host, port } = sentBy;
  return parsed({ transport: match[1]!, host, params, ...(port === undefined ? {} : { port }) });
}

function faultOf(params: Params): Parsed<never> | undefined {
  const branch = params.get("branch");
  if (branch === branchCookie) return unparsed(0, "Via branch is only the cookie");
  const isWhole = !/[\s"<>]/.test(branch ?? "") && [...params.keys()].every((name) => !/[\s"<>]/.test(name));
  return isWhole ? undefined : unparsed(0, "Via has malformed parameters");
}

/** The value as text, without white space but the one before the sent-by. */
export function formatVia(via: Via): string {
  const port = via.port === undefined ? "" : `:${via.port}`;
  return `SIP/2.0/${via.transport} ${via.host}${port}${formatParams(via.params)}`;
}
