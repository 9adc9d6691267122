import type { SipError } from "../kernel/errors.ts";
import { quote } from "../message/split.ts";
import type { ExtraHeaders, Failure } from "./call.ts";

const causes: Partial<Record<SipError["code"], Failure["cause"]>> = {
  SIP_TRANSACTION_TIMEOUT: "timeout",
  SIP_TRANSPORT_FAILED: "transport",
  SIP_NEXT_HOP_REFUSED: "next-hop-refused",
  SIP_ACK_MISSING: "ack-missing",
  SIP_SESSION_EXPIRED: "timeout",
  SIP_NOT_SETTLED: "timeout",
  SIP_INVITE_EXPIRED: "timeout",
  SIP_PRACK_MISSING: "timeout",
  SIP_OVERLOADED: "transport",
  SIP_CLOSED: "transport",
};

/** The way a call ends by this error. */
export function failureOf(error: SipError): Failure {
  return { by: "failure", cause: causes[error.code] ?? "protocol", error };
}

/** The Reason header (RFC 3326) of a BYE that a failure brings. */
export function reasonOf({ error }: Failure): ExtraHeaders {
  return [["Reason", `SIP;cause=${error.status};text=${quote(error.message)}`]];
}
