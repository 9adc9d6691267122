import type { LocalTag, RemoteTag } from "../kernel/random.ts";
import { parseCSeq } from "../message/cseq.ts";
import type { Headers } from "../message/headers.ts";
import type { SipMessage, SipRequest, SipResponse } from "../message/message.ts";
import { parseNameAddr } from "../message/name-addr.ts";
import { parseUri } from "../message/uri.ts";
import { tagOf } from "../transport/reply.ts";

/**
 * One side's view of a dialog, RFC 3261 section 12. A value: {@link advance} and {@link nextRequest} give the next one.
 * `localParty` and `remoteParty` are From and To values with their tags, as they go into requests of ours.
 */
export type Dialog = {
  readonly callId: string;
  readonly localTag: LocalTag;
  /** `undefined` only for a peer of RFC 2543 that sends no tag. */
  readonly remoteTag: RemoteTag | undefined;
  readonly localParty: string;
  readonly remoteParty: string;
  /** Number of our last request; 0 before the first. */
  readonly localCSeq: number;
  readonly remoteCSeq: number | undefined;
  /** The method of the peer's request with that number; absent before its first. */
  readonly remoteMethod?: string;
  /** The URI of the peer's Contact. */
  readonly remoteTarget: string;
  readonly routeSet: readonly string[];
  /** The methods of the peer's latest Allow; absent when it has never sent one. */
  readonly allow?: readonly string[];
};

/** The SIP URI of the first Contact; `undefined` where there is none that a request could be sent to. */
export function contactUri(message: SipMessage): string | undefined {
  const address = parseNameAddr(message.headers.all("Contact")[0] ?? "");
  return address.ok && parseUri(address.value.uri).ok ? address.value.uri : undefined;
}

/** Where its dialog's requests end up over UDP is decided by the address that the INVITE came from, whatever this says. */
function fromUri({ headers }: SipRequest): string {
  const from = headers.first("From", parseNameAddr);
  return from?.ok && parseUri(from.value.uri).ok ? from.value.uri : "sip:anonymous@anonymous.invalid";
}

/** The number of CSeq. */
export function cseqNumber(message: { readonly headers: Headers }): number {
  const cseq = parseCSeq(message.headers.get("CSeq") ?? "");
  return cseq.ok ? cseq.value.number : 0;
}

/** The tag of a peer that sent a request. */
export function fromTag(request: SipRequest): RemoteTag | undefined {
  return tagOf(request.headers, "From") as RemoteTag | undefined;
}

/** The tag of a peer that answered a request of ours. */
export function toTag(response: SipResponse): RemoteTag | undefined {
  return tagOf(response.headers, "To") as RemoteTag | undefined;
}

/** Our tag in a request of ours. */
export function ourFromTag(request: SipRequest): LocalTag {
  return (tagOf(request.headers, "From") ?? "") as LocalTag;
}

/**
 * The dialog that our 18x or 2xx to an INVITE creates, RFC 3261 section 12.1.1. Without a usable Contact the target is the
 * URI of From (RFC 2543 section 6.13): section 8.1.1.8 asks for a Contact, but the call need not be lost without one.
 */
export function dialogOfInvite(invite: SipRequest, localTag: LocalTag): Dialog {
  const from = invite.headers.get("From") ?? "";
  return {
    callId: invite.headers.get("Call-ID") ?? "",
    localTag,
    remoteTag: fromTag(invite),
    localParty: `${invite.headers.get("To") ?? ""};tag=${localTag}`,
    remoteParty: from,
    localCSeq: 0,
    remoteCSeq: cseqNumber(invite),
    remoteMethod: invite.method,
    remoteTarget: contactUri(invite) ?? fromUri(invite),
    routeSet: invite.headers.all("Record-Route"),
    ...allowIn(invite),
  };
}

/** The dialog that a response to our INVITE creates, RFC 3261 section 12.1.2: the route set is reversed. */
export function dialogOfResponse(invite: SipRequest, response: SipResponse): Dialog {
  const localParty = invite.headers.get("From") ?? "";
  const remoteParty = response.headers.get("To") ?? "";
  return {
    callId: invite.headers.get("Call-ID") ?? "",
    localTag: ourFromTag(invite),
    remoteTag: toTag(response),
    localParty,
    remoteParty,
    localCSeq: cseqNumber(invite),
    remoteCSeq: undefined,
    remoteTarget: contactUri(response) ?? invite.uri,
    routeSet: response.headers.all("Record-Route").toReversed(),
    ...allowIn(response),
  };
}

function allowIn({ headers }: SipMessage): { readonly allow?: readonly string[] } {
  return headers.has("Allow") ? { allow: headers.all("Allow").map((method) => method.toUpperCase()) } : {};
}

/** What a message does to a dialog; a request out of order is refused with this status, RFC 3261 section 12.2.2. */
export type Advance =
  | { readonly ok: true; readonly dialog: Dialog }
  | { readonly ok: false; readonly status: 500; readonly why: string };

const refreshing = new Set(["INVITE", "UPDATE"]);

/**
 * Applies a message from the peer: a request sets the remote CSeq, a target refresh (INVITE, UPDATE or a 2xx to one of
 * ours) the remote target. ACK and CANCEL change nothing.
 */
export function advance(dialog: Dialog, message: SipMessage): Advance {
  if (message.kind === "response") return { ok: true, dialog: refreshedByResponse(dialog, message) };
  if (message.method === "ACK" || message.method === "CANCEL") return { ok: true, dialog };
  if (isOld(dialog, message)) return { ok: false, status: 500, why: "CSeq is not higher than the last" };
  const counted = { remoteCSeq: cseqNumber(message), remoteMethod: message.method };
  return { ok: true, dialog: { ...refreshed(dialog, message, message.method), ...counted, ...allowIn(message) } };
}

/**
 * Whether a request was overtaken or has been carried out before, RFC 3261 section 12.2.2. Peers that give another method
 * the number of the last request are tolerated: its BYE still ends the call.
 */
function isOld({ remoteCSeq, remoteMethod }: Dialog, request: SipRequest): boolean {
  const number = cseqNumber(request);
  if (remoteCSeq === undefined) return false;
  return number < remoteCSeq || (number === remoteCSeq && request.method === remoteMethod);
}

function refreshedByResponse(dialog: Dialog, response: SipResponse): Dialog {
  const method = response.headers.get("CSeq")?.split(/\s+/)[1] ?? "";
  if (response.status < 200 || response.status >= 300) return dialog;
  return { ...refreshed(dialog, response, method), ...allowIn(response) };
}

function refreshed(dialog: Dialog, message: SipMessage, method: string): Dialog {
  const remoteTarget = refreshing.has(method) ? contactUri(message) : undefined;
  return remoteTarget === undefined ? dialog : { ...dialog, remoteTarget };
}
