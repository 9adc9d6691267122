import { type Parsed, parsed, unparsed } from "../kernel/parsed.ts";
import { kinds, skip } from "./scan.ts";

const space = 0x20;

/** The value of CSeq: `number` is below 2^31. */
export type CSeq = { readonly number: number; readonly method: string };

/** Reads a CSeq value, RFC 3261 section 20.16. Fails when the number is 2^31 or more or the method is not a token. */
export function parseCSeq(text: string): Parsed<CSeq> {
  const quick = quickCSeq(text);
  if (quick !== undefined) return parsed(quick);
  const match = /^(\d{1,10})[ \t]+([A-Za-z0-9.!%*_+`'~-]+)$/.exec(text);
  if (match === null) return unparsed(0, "CSeq is not a number and a method");
  const number = Number(match[1]);
  if (number >= 2 ** 31) return unparsed(0, "CSeq number is 2^31 or more");
  return parsed({ number, method: match[2]! });
}

/** Nine digits or fewer, one space, a method. */
function quickCSeq(text: string): CSeq | undefined {
  const end = skip(text, 0, kinds.digit);
  const isQuick = end > 0 && end <= 9 && text.charCodeAt(end) === space && text.length > end + 1;
  if (!isQuick || skip(text, end + 1, kinds.token) !== text.length) return undefined;
  return { number: Number(text.slice(0, end)), method: text.slice(end + 1) };
}
