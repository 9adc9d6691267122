import { type CallEnd, reasonsOf, type SipMessage, type SipResponse } from "@trunkline/sip-stack";
import type { Party } from "../domain/party.ts";
import { type Ending, type EndingCode, ending } from "../kernel/ending.ts";

type Side = "caller" | "callee";

/** What a leg's end means for the call. */
export function endingOf(end: CallEnd, side: Side, party: Party): Ending {
  switch (end.cause) {
    case "bye":
      return byeEnding(end.request, side, party);
    case "cancel":
      return cancelEnding(end.request, side);
    case "rejected":
      return rejectionEnding(end.response, party);
    case "hung-up":
      return ending("hung-up");
    default:
      if (endsRinging.has(end.error.code)) return ending("no-answer", side);
      return end.error.code === "SIP_DIALOG_GONE" ? ending("peer-lost", side) : failureEnding(end.cause, party);
  }
}

/** The failures of an INVITE that rang for too long. */
const endsRinging = new Set(["SIP_INVITE_EXPIRED", "SIP_NOT_SETTLED"]);

/** A caller that withdraws its call may say why, RFC 3326: above all that another phone of the same call has answered. */
function cancelEnding(request: SipMessage, side: Side): Ending {
  const reasons = reasonsOf(request);
  const causeOf = (protocol: string): number | undefined =>
    reasons.find((reason) => reason.protocol.toUpperCase() === protocol && reason.cause !== undefined)?.cause;
  const [sip, q850] = [causeOf("SIP"), causeOf("Q.850")];
  if (sip === 200 || (sip === undefined && q850 === answeredElsewhere)) return ending("answered-elsewhere", side);
  const text = reasonText(request);
  return ending("cancelled", side, {
    ...(sip !== undefined && sip >= 300 && sip < 700 && { sip }),
    ...(q850 !== undefined && q850 > 0 && q850 < 128 && { q850 }),
    ...(text !== undefined && { words: `The caller withdrew the call: ${text}.` }),
  });
}

/** "Non-selected user clearing", ITU-T Q.850. */
const answeredElsewhere = 26;

/**
 * A BYE that gives a reason of its own (RFC 3326) passes it on in words; a plain one is somebody hanging up. Browsers and phones
 * that lose their audio say so by these causes.
 */
function byeEnding(request: SipMessage, side: Side, party: Party): Ending {
  const text = reasonText(request);
  const isFailure = party.kind === "user" && reasonsOf(request).some(isMediaFailure);
  if (isFailure)
    return ending("media-lost", side, text === undefined ? {} : { words: `The other side lost its audio: ${text}.` });
  return ending("hung-up", side, text === undefined ? {} : { words: `The other side ended the call: ${text}.` });
}

const mediaFailures: ReadonlySet<number | undefined> = new Set([408, 480, 500]);
const isMediaFailure = ({ protocol, cause }: ReturnType<typeof reasonsOf>[number]): boolean =>
  protocol.toUpperCase() === "SIP" && mediaFailures.has(cause);

const longestText = 200;

/** The text of the first Reason header that has one, bounded, RFC 3326 section 2. */
export function reasonText(message: SipMessage): string | undefined {
  const texts = reasonsOf(message).map(({ text }) => text);
  return texts.find((text) => text !== undefined && text !== "")?.slice(0, longestText);
}

const userRejections = new Map<number, EndingCode>([
  [404, "no-such-number"],
  [408, "no-answer"],
  [480, "no-answer"],
  [486, "busy"],
  [487, "no-answer"],
  [488, "no-common-audio"],
  [600, "busy"],
  [603, "declined"],
  [606, "no-common-audio"],
]);

const trunkRejections = new Map<number, EndingCode>([
  ...userRejections,
  [403, "not-allowed"],
  [410, "no-such-number"],
  [415, "no-common-audio"],
  [484, "not-a-number"],
  [503, "trunk-failed"],
  [604, "no-such-number"],
]);

function rejectionEnding(response: SipResponse, party: Party): Ending {
  const { status } = response;
  if (party.kind === "user")
    return ending(userRejections.get(status) ?? "failed", "callee", { sip: shownStatus(status) });
  if (status === 403 && /caller id/i.test(response.reason)) return ending("caller-id-refused", "callee");
  return ending(trunkRejections.get(status) ?? "trunk-failed", "callee", { sip: shownStatus(status) });
}

/** The caller hears the callee's status, except what would send her elsewhere (3xx) or ask her for our secrets (401, 407). */
const shownStatus = (status: number): number => (status < 400 || status === 401 || status === 407 ? 502 : status);

function failureEnding(
  cause: "timeout" | "transport" | "ack-missing" | "next-hop-refused" | "protocol",
  party: Party,
): Ending {
  if (cause === "ack-missing") return ending("no-ack");
  if (cause === "protocol") return ending("failed");
  return ending(party.kind === "trunk" ? "trunk-unreachable" : "peer-lost");
}

/** Of several targets' endings the one that tells the caller most: a refusal for all, then busy, then any answer, then silence. */
export function bestEnding(endings: readonly Ending[]): Ending {
  const rank = ({ sip, code }: Ending): number => (sip >= 600 ? 0 : code === "busy" ? 1 : code === "peer-lost" ? 3 : 2);
  return [...endings].sort((a, b) => rank(a) - rank(b))[0] ?? ending("not-registered");
}
