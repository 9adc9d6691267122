import { headers } from "../message/headers.ts";
import type { SipRequest } from "../message/message.ts";
import { bytesOf } from "../message/text.ts";

/**
 * A complete request for tests. `overrides` replace or add headers by name, an empty value leaves one out; the key
 * `body` is the body's text.
 */
export function request(method: string, uri: string, overrides: Readonly<Record<string, string>> = {}): SipRequest {
  const { body = "", ...given } = overrides;
  const wanted: Record<string, string> = {
    Via: "SIP/2.0/UDP 127.0.0.1:5080;branch=z9hG4bK-test-1;rport",
    "Max-Forwards": "70",
    From: "<sip:caller@127.0.0.1:5080>;tag=caller-tag",
    To: `<${uri}>`,
    "Call-ID": "test-call",
    CSeq: `1 ${method}`,
    Contact: "<sip:caller@127.0.0.1:5080>",
    ...given,
  };
  const fields = Object.entries(wanted).filter(([, value]) => value !== "");
  return { kind: "request", method, uri, headers: headers(fields), body: bytesOf(body) };
}
