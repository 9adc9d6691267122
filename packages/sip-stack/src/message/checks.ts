import { type Parsed, parsed, type Unparsed, unparsed } from "../kernel/parsed.ts";
import { parseCSeq } from "./cseq.ts";
import type { HeaderField } from "./header-field.ts";
import type { Headers } from "./headers.ts";
import { parseNameAddr } from "./name-addr.ts";
import { headerKey, identityMark } from "./names.ts";
import { isNumber } from "./scan.ts";
import type { StartLine } from "./start-line.ts";
import { parseVia } from "./via.ts";

const needed = ["Via", "From", "To", "Call-ID", "CSeq"];

/** What is wrong with the headers that every message must have, RFC 3261 section 8.1.1; `undefined`: nothing. */
export function headerFault(start: StartLine, headers: Headers, fields: readonly HeaderField[]): Unparsed | undefined {
  const fault = missing(headers) ?? repeated(fields) ?? malformed(start, headers);
  if (fault === undefined) return undefined;
  const key = headerKey(fault.name);
  const at = fields.findLast((field) => field.key === key)?.at ?? 0;
  return unparsed(at, `${fault.name}: ${fault.why}`);
}

type Fault = { readonly name: string; readonly why: string };

function missing(headers: Headers): Fault | undefined {
  for (const name of needed) if (!headers.get(name)) return { name, why: "missing" };
  return undefined;
}

// Headers that say what a message belongs to may not contradict themselves; of others that come twice the first counts.
function repeated(fields: readonly HeaderField[]): Fault | undefined {
  let seen = 0;
  for (const field of fields) {
    const mark = identityMark(field.key);
    if ((seen & mark) !== 0 && contradicts(field, fields)) return { name: field.key, why: "comes twice" };
    seen |= mark;
  }
  return undefined;
}

const contradicts = ({ key, value }: HeaderField, fields: readonly HeaderField[]): boolean =>
  fields.find((field) => field.key === key)?.value !== value;

function malformed(start: StartLine, headers: Headers): Fault | undefined {
  return (
    faultOf("Via", headers.first("Via", parseVia)) ??
    badParty(start, headers, "From") ??
    badParty(start, headers, "To") ??
    badCallId(headers) ??
    badCSeq(start, headers) ??
    badMaxForwards(start, headers) ??
    badContact(start, headers)
  );
}

// A header that is there but has no value at all, such as a Via of commas, is as malformed as any.
function faultOf(name: string, outcome: Parsed<unknown> | undefined): Fault | undefined {
  return outcome?.ok === true ? undefined : { name, why: outcome?.why ?? "has no value" };
}

// A response belongs to its request by Via and CSeq; From and To may repeat what was wrong with that.
function badParty({ kind }: StartLine, headers: Headers, name: "From" | "To"): Fault | undefined {
  return kind === "response" ? undefined : faultOf(name, headers.first(name, parseNameAddr));
}

function badCallId(headers: Headers): Fault | undefined {
  return /\s/.test(headers.get("Call-ID") ?? "") ? { name: "Call-ID", why: "has white space" } : undefined;
}

function badCSeq(start: StartLine, headers: Headers): Fault | undefined {
  const cseq = headers.first("CSeq", parseCSeq);
  if (!cseq?.ok) return { name: "CSeq", why: cseq?.why ?? "missing" };
  const differs = start.kind === "request" && start.method !== cseq.value.method;
  return differs ? { name: "CSeq", why: "method is not the request's" } : undefined;
}

function badMaxForwards({ kind }: StartLine, headers: Headers): Fault | undefined {
  const text = kind === "response" ? "70" : (headers.get("Max-Forwards") ?? "70");
  const isValid = isNumber(text, 10) && Number(text) <= 255;
  return isValid ? undefined : { name: "Max-Forwards", why: "is not a number from 0 to 255" };
}

// A response with an odd Contact may still end a call, so only requests are refused for it. Only the first is read, or
// one datagram of many would cost seconds; whoever uses more reads them.
function badContact(start: StartLine, headers: Headers): Fault | undefined {
  const [contact] = start.kind === "response" ? [] : headers.all("Contact");
  return contact === undefined || contact === "*"
    ? undefined
    : faultOf("Contact", headers.first("Contact", parseNameAddr));
}

/** Of a length, its leading zeros among them. */
const mostDigits = 20;

/** The value of Content-Length in bytes; `undefined` when there is none or it is empty, RFC 3261 section 20.14. */
export function readContentLength(headers: Headers): Parsed<number | undefined> {
  const text = headers.get("Content-Length") ?? "";
  if (text === "") return parsed(undefined);
  return isNumber(text, mostDigits) ? parsed(Number(text)) : unparsed(0, "Content-Length: is not a number");
}
