import { type Parsed, parsed, unparsed } from "../kernel/parsed.ts";
import { isKind, kinds, skip } from "./scan.ts";
import { splitOutside, trimBlanks } from "./split.ts";

/** Parameters in their order: names in lower case, values as written (quotes kept), `undefined` for a bare name. */
export type Params = ReadonlyMap<string, string | undefined>;

const none: Params = new Map();
const semicolon = 0x3b;
const equals = 0x3d;
const quoteMark = 0x22;

/**
 * Header parameters as nearly everyone writes them, from `from` to the end of the text:
 * `;name;name=token;name="quoted"`, no white space, no escapes, no name twice. `undefined` for whatever else.
 */
export function quickParams(text: string, from: number): Params | undefined {
  return scanParams(text, from, text.length, kinds.token, true);
}

/** The parameters of a URI in the same manner, `;name=value`, up to `end`. */
export function quickUriParams(text: string, from: number, end: number): Params | undefined {
  return scanParams(text, from, end, kinds.uriParam, false);
}

function scanParams(text: string, from: number, end: number, kind: number, quotes: boolean): Params | undefined {
  if (from === end) return none;
  const params = new Map<string, string | undefined>();
  let at = from;
  while (at < end) {
    const nameEnd = skip(text, at + 1, kind);
    if (text.charCodeAt(at) !== semicolon || nameEnd === at + 1) return undefined;
    const name = lowerCase(text, at + 1, nameEnd);
    if (params.has(name)) return undefined;
    at = text.charCodeAt(nameEnd) === equals ? valueEnd(text, nameEnd + 1, kind, quotes) : nameEnd;
    if (at === nameEnd + 1) return undefined;
    params.set(name, at === nameEnd ? undefined : text.slice(nameEnd + 1, at));
  }
  return at === end ? params : undefined;
}

function valueEnd(text: string, from: number, kind: number, quotes: boolean): number {
  if (!quotes || text.charCodeAt(from) !== quoteMark) return skip(text, from, kind);
  const end = skip(text, from + 1, kinds.quoted);
  return text.charCodeAt(end) === quoteMark ? end + 1 : from;
}

function lowerCase(text: string, from: number, end: number): string {
  const name = text.slice(from, end);
  for (let at = from; at < end; at++) if (isKind(text, at, kinds.upper)) return name.toLowerCase();
  return name;
}

/** Parameters that say what a message belongs to: two values of one would be two answers. */
const identifying = new Set(["tag", "branch"]);

/**
 * Reads text that is empty or starts with a semicolon. Of a name that comes twice the first value counts: RFC 3261 section
 * 7.3.1 does not allow it, but peers write `;user=phone;user=phone`. Two tags or branches are a failure.
 */
export function parseParams(text: string): Parsed<Params> {
  const params = new Map<string, string | undefined>();
  const [before, ...parts] = splitOutside(text, ";");
  if (before !== "") return unparsed(0, "parameter without a semicolon");
  for (const part of parts) {
    const [name, value] = readParam(part);
    if (name === "") return unparsed(0, "parameter without a name");
    if (!params.has(name)) params.set(name, value);
    else if (identifying.has(name) && params.get(name) !== value) return unparsed(0, `${name} comes twice`);
  }
  return parsed(params);
}

function readParam(part: string): readonly [name: string, value: string | undefined] {
  const at = part.indexOf("=");
  if (at === -1) return [part.toLowerCase(), undefined];
  return [trimBlanks(part.slice(0, at)).toLowerCase(), trimBlanks(part.slice(at + 1))];
}

/** Parameters as they are written, each with its semicolon. */
export function formatParams(params: Params): string {
  let text = "";
  for (const [name, value] of params) text += value === undefined ? `;${name}` : `;${name}=${value}`;
  return text;
}
