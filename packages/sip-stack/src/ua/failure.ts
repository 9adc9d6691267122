import type { SipError } from "../kernel/errors.ts";
import type { Failure } from "./call.ts";

const causes: Partial<Record<SipError["code"], Failure["cause"]>> = {
  SIP_TRANSACTION_TIMEOUT: "timeout",
  SIP_TRANSPORT_FAILED: "transport",
  SIP_NEXT_HOP_REFUSED: "next-hop-refused",
  SIP_ACK_MISSING: "ack-missing",
  SIP_OVERLOADED: "transport",
  SIP_CLOSED: "transport",
};

/** The way a call ends by this error. */
export function failureOf(error: SipError): Failure {
  return { by: "failure", cause: causes[error.code] ?? "protocol", error };
}
