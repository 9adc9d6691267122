import { type IncomingOffer, type IncomingRequest, sdpBody } from "@trunkline/sip-stack";
import type { CallMedia } from "./call-media.ts";

/** Settles a re-INVITE or UPDATE of the PBX: its offer is answered, an offerless one gets an offer of ours. */
export async function renegotiate(media: CallMedia | undefined, offer: IncomingOffer): Promise<void> {
  try {
    const sdp = offer.sdp === undefined ? await media?.offer() : await media?.answer(offer.sdp);
    if (sdp === undefined) offer.reject(488);
    else offer.accept(sdpBody(sdp));
  } catch {
    offer.reject(500);
  }
}

/** OPTIONS gets a bare 200; what the real connector does with anything else is unknown, here it is refused. */
export function answerRequest(request: IncomingRequest): void {
  request.respond(request.request.method === "OPTIONS" ? 200 : 501);
}
