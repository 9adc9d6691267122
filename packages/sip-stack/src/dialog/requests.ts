import { headers } from "../message/headers.ts";
import type { SipRequest } from "../message/message.ts";
import type { Dialog } from "./dialog.ts";
import { targetOf } from "./route.ts";

/** The next request in a dialog and the dialog after it. */
export type NextRequest = { readonly dialog: Dialog; readonly request: SipRequest };

/** Builds the next request in a dialog, RFC 3261 section 12.2.1.1, with an empty body and no Via. */
export function nextRequest(dialog: Dialog, method: string): NextRequest {
  const number = dialog.localCSeq + 1;
  return { dialog: { ...dialog, localCSeq: number }, request: requestIn(dialog, method, number) };
}

/** The ACK of a 2xx to our INVITE with this CSeq number, RFC 3261 section 13.2.2.4. */
export function ackIn(dialog: Dialog, inviteCSeq: number): SipRequest {
  return requestIn(dialog, "ACK", inviteCSeq);
}

function requestIn(dialog: Dialog, method: string, number: number): SipRequest {
  const { uri, routes } = targetOf(dialog);
  const fields: [string, string][] = [
    ...routes.map((route): [string, string] => ["Route", route]),
    ["Max-Forwards", "70"],
    ["From", dialog.localParty],
    ["To", dialog.remoteParty],
    ["Call-ID", dialog.callId],
    ["CSeq", `${number} ${method}`],
  ];
  return { kind: "request", method, uri, headers: headers(fields), body: new Uint8Array(0) };
}
