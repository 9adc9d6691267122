import { type Parsed, parsed, type Unparsed, unparsed } from "../kernel/parsed.ts";
import { parseCSeq } from "./cseq.ts";
import type { RawField } from "./frame.ts";
import type { Headers } from "./headers.ts";
import { parseNameAddr } from "./name-addr.ts";
import { headerKey, isSingle } from "./names.ts";
import type { StartLine } from "./start-line.ts";
import { parseVia } from "./via.ts";

const needed = ["Via", "From", "To", "Call-ID", "CSeq"];

/** What is wrong with the headers that every message must have, RFC 3261 section 8.1.1; `undefined`: nothing. */
export function headerFault(start: StartLine, fields: Headers, raw: readonly RawField[]): Unparsed | undefined {
  const fault = missing(fields) ?? repeated(raw) ?? malformed(start, fields);
  if (fault === undefined) return undefined;
  const key = headerKey(fault.name);
  const at = raw.findLast((field) => headerKey(field.name) === key)?.at ?? 0;
  return unparsed(at, `${fault.name}: ${fault.why}`);
}

type Fault = { readonly name: string; readonly why: string };

function missing(fields: Headers): Fault | undefined {
  const name = needed.find((header) => !fields.get(header));
  return name === undefined ? undefined : { name, why: "missing" };
}

function repeated(raw: readonly RawField[]): Fault | undefined {
  const seen = new Set<string>();
  for (const { name } of raw) {
    const key = headerKey(name);
    if (isSingle(key) && seen.has(key)) return { name: key, why: "comes twice" };
    seen.add(key);
  }
  return undefined;
}

function malformed(start: StartLine, fields: Headers): Fault | undefined {
  return (
    faultOf("Via", parseVia(fields.all("Via")[0] ?? "")) ??
    faultOf("From", parseNameAddr(fields.get("From") ?? "")) ??
    faultOf("To", parseNameAddr(fields.get("To") ?? "")) ??
    badCallId(fields) ??
    badCSeq(start, fields) ??
    badMaxForwards(fields) ??
    badContact(start, fields)
  );
}

function faultOf(name: string, outcome: Parsed<unknown>): Fault | undefined {
  return outcome.ok ? undefined : { name, why: outcome.why };
}

function badCallId(fields: Headers): Fault | undefined {
  return /\s/.test(fields.get("Call-ID") ?? "") ? { name: "Call-ID", why: "has white space" } : undefined;
}

function badCSeq(start: StartLine, fields: Headers): Fault | undefined {
  const cseq = parseCSeq(fields.get("CSeq") ?? "");
  if (!cseq.ok) return { name: "CSeq", why: cseq.why };
  const differs = start.kind === "request" && start.method !== cseq.value.method;
  return differs ? { name: "CSeq", why: "method is not the request's" } : undefined;
}

function badMaxForwards(fields: Headers): Fault | undefined {
  const text = fields.get("Max-Forwards") ?? "70";
  const valid = /^\d{1,10}$/.test(text) && Number(text) <= 255;
  return valid ? undefined : { name: "Max-Forwards", why: "is not a number from 0 to 255" };
}

// A response with an odd Contact may still end a call, so only requests are refused for it. Only the first is read, or
// one datagram of many would cost seconds; whoever uses more reads them.
function badContact(start: StartLine, fields: Headers): Fault | undefined {
  const contact = fields.all("Contact")[0] ?? "*";
  return start.kind === "response" || contact === "*" ? undefined : faultOf("Contact", parseNameAddr(contact));
}

/** The value of Content-Length in bytes; `undefined` when there is none, RFC 3261 section 20.14. */
export function readContentLength(fields: Headers): Parsed<number | undefined> {
  const text = fields.get("Content-Length");
  if (text === undefined) return parsed(undefined);
  return /^\d{1,9}$/.test(text) ? parsed(Number(text)) : unparsed(0, "Content-Length: is not a number");
}
