import { type Parsed, parsed, unparsed } from "../kernel/parsed.ts";
import { follows } from "./grammar.ts";
import { formatParams, type Params, parseParams, quickParams } from "./params.ts";
import { quote, quoteEnd, trimBlanks, unquote } from "./split.ts";
import { isUri } from "./uri.ts";

/**
 * The value of From, To, Contact, Route and their like, RFC 3261 section 20.10. `uri` is the text as written, of any
 * scheme; `displayName` has its quotes and escapes taken off; `params` are the header's, never the URI's.
 */
export type NameAddr = { readonly displayName?: string; readonly uri: string; readonly params: Params };

type Pieces = { readonly display: string; readonly uri: string; readonly tail: string };

/** The display names that nearly everyone writes: none, one quoted without escapes, or tokens. */
export const quickDisplay = /^(?:|"[\x20!#-[\]-~]*"|[\w.!%*+`'~-]+(?: [\w.!%*+`'~-]+)*)$/;

/**
 * Reads one name-addr or addr-spec. Without brackets everything after the first semicolon belongs to the header and
 * a comma or question mark in the URI is a failure, RFC 3261 section 20.
 */
export function parseNameAddr(text: string): Parsed<NameAddr> {
  const pieces = cutApart(trimBlanks(text));
  if (typeof pieces === "string") return unparsed(0, pieces);
  const { display, uri, tail } = pieces;
  if (!isUri(uri)) return unparsed(text.indexOf(uri), "address has a malformed URI");
  const quick = quickDisplay.test(display) ? quickParams(tail, 0) : undefined;
  const params = quick === undefined ? readSlowly(pieces) : parsed(quick);
  if (!params.ok) return params;
  const displayName = unquote(display);
  return parsed(displayName === "" ? { uri, params: params.value } : { displayName, uri, params: params.value });
}

function cutApart(text: string): Pieces | string {
  const afterQuote = text.startsWith('"') ? quoteEnd(text, 0) : 0;
  const open = text.indexOf("<", afterQuote);
  const semicolon = text.indexOf(";", afterQuote);
  if (open === -1 || (semicolon !== -1 && semicolon < open)) return cutBare(text, semicolon);
  const close = text.indexOf(">", open);
  if (close === -1) return "address has no closing bracket";
  return {
    display: trimBlanks(text.slice(0, open)),
    uri: text.slice(open + 1, close),
    tail: trimBlanks(text.slice(close + 1)),
  };
}

function cutBare(text: string, semicolon: number): Pieces | string {
  const uri = semicolon === -1 ? text : trimBlanks(text.slice(0, semicolon));
  if (/[,?]/.test(uri)) return "address with a comma or a question mark needs brackets";
  return { display: "", uri, tail: semicolon === -1 ? "" : text.slice(semicolon) };
}

// The URI has been judged by itself, so the grammar gets the shortest one in its place.
function readSlowly({ display, tail }: Pieces): Parsed<Params> {
  const isWellFormed = follows("Name_Addr_Header", `${display}<sip:a>${tail}`);
  return isWellFormed ? parseParams(tail) : unparsed(0, "display name or parameters are malformed");
}

/** The value as text, the URI in brackets and the display name always quoted. */
export function formatNameAddr(value: NameAddr): string {
  const name = value.displayName === undefined ? "" : `${quote(value.displayName)} `;
  return `${name}<${value.uri}>${formatParams(value.params)}`;
}
