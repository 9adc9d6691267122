import type { Headers } from "./headers.ts";

/** A request, RFC 3261 section 7.1. `uri` is the Request-URI as written; `body` may be a view into the datagram. */
export type SipRequest = {
  readonly kind: "request";
  readonly method: string;
  readonly uri: string;
  readonly headers: Headers;
  readonly body: Uint8Array;
};

/** A response, RFC 3261 section 7.2. `status` is 100 to 699. */
export type SipResponse = {
  readonly kind: "response";
  readonly status: number;
  readonly reason: string;
  readonly headers: Headers;
  readonly body: Uint8Array;
};

/** Either kind of message, told apart by `kind`. */
export type SipMessage = SipRequest | SipResponse;
