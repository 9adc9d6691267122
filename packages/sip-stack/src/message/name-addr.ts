import { type Parsed, parsed, unparsed } from "../kernel/parsed.ts";
import { formatParams, type Params, parseParams, quickParams } from "./params.ts";
import { quote, quoteEnd, trimBlanks, unquote } from "./split.ts";
import { isUri } from "./uri.ts";

/**
 * The value of From, To, Contact, Route and their like, RFC 3261 section 20.10. `uri` is the text as written, of any
 * scheme; `displayName` has its quotes and escapes taken off; `params` are the header's, never the URI's.
 */
export type NameAddr = { readonly displayName?: string; readonly uri: string; readonly params: Params };

/** How an address without brackets begins, as against a display name. */
const bareUri = /^[A-Za-z][A-Za-z0-9+.-]*:\S/;

type Pieces = { readonly display: string; readonly uri: string; readonly tail: string };

/** The display names that nearly everyone writes: none, one quoted without escapes, or tokens. */
export const quickDisplay = /^(?:|"[\x20!#-[\]-~]*"|[\w.!%*+`'~-]+(?: [\w.!%*+`'~-]+)*)$/;

/**
 * Reads one name-addr or addr-spec. Without brackets everything after the first semicolon belongs to the header and
 * a comma or question mark in the URI is a failure, RFC 3261 section 20. A display name may lack the quotes that its
 * characters need (RFC 4475 section 3.1.2.15); bytes of it that are no UTF-8 are read as ISO 8859-1.
 */
export function parseNameAddr(text: string): Parsed<NameAddr> {
  const pieces = cutApart(trimBlanks(text));
  if (typeof pieces === "string") return unparsed(0, pieces);
  const { display, uri, tail } = pieces;
  if (!isUri(uri)) return unparsed(text.indexOf(uri), "address has a malformed URI");
  const quick = quickDisplay.test(display) ? quickParams(tail, 0) : undefined;
  const params = quick === undefined ? readSlowly(pieces) : parsed(quick);
  if (!params.ok) return params;
  const displayName = quick === undefined ? displayed(display) : unquote(display);
  return parsed(displayName === "" ? { uri, params: params.value } : { displayName, uri, params: params.value });
}

function cutApart(text: string): Pieces | string {
  const afterQuote = text.startsWith('"') ? quoteEnd(text, 0) : 0;
  const open = text.indexOf("<", afterQuote);
  const semicolon = text.indexOf(";", afterQuote);
  const isBare = open === -1 || (semicolon !== -1 && semicolon < open && bareUri.test(text));
  if (isBare) return cutBare(text, semicolon);
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

function readSlowly({ tail }: Pieces): Parsed<Params> {
  const params = parseParams(tail);
  const isWhole = params.ok && params.value.get("tag") !== "" && [...params.value].every(isParam);
  return isWhole ? params : unparsed(0, "display name or parameters are malformed");
}

const isParam = ([name, value = ""]: readonly [string, string | undefined]): boolean =>
  !/[\s"<>]/.test(name) && (!value.startsWith('"') || quoteEnd(value, 0) === value.length - 1);

/** A display name as it is shown: its quotes and escapes taken off, stray bytes as the letters that they mostly are. */
function displayed(display: string): string {
  const isQuoted = display.startsWith('"') && quoteEnd(display, 0) === display.length - 1;
  const text = isQuoted ? unquote(display) : display.replaceAll('"', "").trim();
  return text.isWellFormed()
    ? text
    : text.replace(/\p{Cs}/gu, (stray) => String.fromCharCode(stray.charCodeAt(0) & 0xff));
}

/** The value as text, the URI in brackets and the display name always quoted. */
export function formatNameAddr(value: NameAddr): string {
  const name = value.displayName === undefined ? "" : `${quote(value.displayName)} `;
  return `${name}<${value.uri}>${formatParams(value.params)}`;
}
