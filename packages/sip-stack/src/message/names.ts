// Compact forms: RFC 3261 section 7.3.3 and the IANA registry of header fields.
const compact = new Map<string, string>(
  Object.entries({
    a: "accept-contact",
    b: "referred-by",
    c: "content-type",
    d: "request-disposition",
    e: "content-encoding",
    f: "from",
    i: "call-id",
    j: "reject-contact",
    k: "supported",
    l: "content-length",
    m: "contact",
    o: "event",
    r: "refer-to",
    s: "subject",
    t: "to",
    u: "allow-events",
    v: "via",
    x: "session-expires",
    y: "identity",
  }),
);

const listNames = new Set(
  `accept accept-contact accept-encoding accept-language alert-info allow allow-events call-info contact
  content-encoding content-language diversion error-info history-info in-reply-to p-asserted-identity
  p-associated-uri p-preferred-identity path proxy-require reason record-route reject-contact remote-party-id
  request-disposition
  require route security-client security-server security-verify service-route supported unsupported via warning`.split(
    /\s+/,
  ),
);

const singleNames = `call-id content-length content-type cseq event expires from max-forwards min-expires min-se rack
  refer-to referred-by replaces rseq session-expires subscription-state to`.split(/\s+/);
const singles = new Set(singleNames);
const identifying = ["from", "to", "call-id", "cseq", "max-forwards", "content-length"];
const identityMarks = new Map(identifying.map((name, at) => [name, 1 << at]));

// As nearly everyone writes them: found without making a string.
const usualKeys = new Map(
  `Via From To Call-ID CSeq Contact Max-Forwards Content-Type Content-Length Record-Route Route Allow Supported Require
  Accept User-Agent Server Expires Date Session-Expires Min-SE Event Authorization Proxy-Authorization Reason
  P-Asserted-Identity Privacy Content-Encoding Content-Disposition Refer-To Replaces RSeq RAck Retry-After`
    .split(/\s+/)
    .map((name) => [name, name.toLowerCase()]),
);

/** The key under which a header name is compared: lower case, compact form expanded, RFC 3261 section 7.3.1. */
export function headerKey(name: string): string {
  return usualKeys.get(name) ?? expanded(name.toLowerCase());
}

function expanded(lower: string): string {
  return lower.length === 1 ? (compact.get(lower) ?? lower) : lower;
}

/** Whether a header may carry several values joined by commas. */
export function isList(key: string): boolean {
  return listNames.has(key);
}

/** Whether a header may stand only once in a message. */
export function isSingle(key: string): boolean {
  return singles.has(key);
}

/** A bit of its own for each header that says what a message is and belongs to, 0 for the others. */
export function identityMark(key: string): number {
  return identityMarks.get(key) ?? 0;
}
