import { type Parsed, parsed, unparsed } from "../kernel/parsed.ts";
import { splitOutside, trimBlanks } from "./split.ts";

/** Parameters in their order: names in lower case, values as written (quotes kept), `undefined` for a bare name. */
export type Params = ReadonlyMap<string, string | undefined>;

/** Header parameters as nearly everyone writes them: `;name;name=token;name="quoted"` without white space or escapes. */
export const quickParams = /^(?:;[\w.!%*+`'~-]+(?:=(?:[\w.!%*+`'~-]+|"[\x20!#-[\]-~]*"))?)*$/;

/** Reads text that is empty or starts with a semicolon. A name that comes twice is a failure, RFC 3261 section 7.3.1. */
export function parseParams(text: string): Parsed<Params> {
  const params = new Map<string, string | undefined>();
  const [before, ...parts] = splitOutside(text, ";");
  if (before !== "") return unparsed(0, "parameter without a semicolon");
  for (const part of parts) {
    const [name, value] = readParam(part);
    if (name === "") return unparsed(0, "parameter without a name");
    if (params.has(name)) return unparsed(0, "parameter comes twice");
    params.set(name, value);
  }
  return parsed(params);
}

function readParam(part: string): readonly [name: string, value: string | undefined] {
  const equals = part.indexOf("=");
  if (equals === -1) return [part.toLowerCase(), undefined];
  return [trimBlanks(part.slice(0, equals)).toLowerCase(), trimBlanks(part.slice(equals + 1))];
}

/** Parameters as they are written, each with its semicolon. */
export function formatParams(params: Params): string {
  let text = "";
  for (const [name, value] of params) text += value === undefined ? `;${name}` : `;${name}=${value}`;
  return text;
}
