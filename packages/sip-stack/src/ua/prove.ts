import type { SipRequest } from "../message/message.ts";
import type { Outcome } from "./call.ts";
import type { Signer } from "./signer.ts";

/** The peer and proxies before it may each ask once, and a peer may call every nonce stale. */
export const maxChallenges = 3;

/** Sends a request outside a dialog, and again for each challenge that can be answered. @returns the last one and its outcome */
export async function prove(
  request: SipRequest,
  signer: Signer,
  send: (request: SipRequest) => Promise<Outcome>,
): Promise<{ readonly request: SipRequest; readonly outcome: Outcome }> {
  let last = { request, outcome: await send(request) };
  for (let count = 0; count < maxChallenges && last.outcome.ok; count += 1) {
    const again = signer.answer(last.outcome.response, last.request);
    if (again === undefined) break;
    last = { request: again, outcome: await send(again) };
  }
  return last;
}
