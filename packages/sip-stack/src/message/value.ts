import { type Parsed, parsed, unparsed } from "../kernel/parsed.ts";
import { type Params, parseParams } from "./params.ts";
import { trimBlanks } from "./split.ts";

/** A header value that is one token with parameters: Content-Type, Session-Expires, Reason, Event, Replaces ... */
export type TokenValue = { readonly value: string; readonly params: Params };

/** Reads a value with parameters; parameter values keep their quotes. Fails when there is no value before them. */
export function parseTokenValue(text: string): Parsed<TokenValue> {
  const semicolon = text.indexOf(";");
  const value = trimBlanks(semicolon === -1 ? text : text.slice(0, semicolon));
  if (value === "" || /[\s"<>,]/.test(value)) return unparsed(0, "value before the parameters is malformed");
  const params = parseParams(semicolon === -1 ? "" : text.slice(semicolon));
  return params.ok ? parsed({ value, params: params.value }) : params;
}
