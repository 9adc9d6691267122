import { type IncomingOffer, sdpBody } from "@trunkline/sip-stack";
import { ending, endingHeaders } from "../../kernel/ending.ts";
import type { MediaLeg } from "../../media/leg.ts";

/**
 * Settles a new offer of one leg by itself: the other leg does not hear of it (RFC 3264 section 8). A re-INVITE without
 * an offer gets one of ours, and its ACK brings the answer.
 */
export async function renegotiate(media: MediaLeg, incoming: IncomingOffer): Promise<void> {
  if (incoming.sdp === undefined) return incoming.accept(sdpBody(await media.offer()));
  const answered = await media.answer(incoming.sdp);
  if (answered.ok) incoming.accept(sdpBody(answered.value));
  else incoming.reject(488, { headers: endingHeaders(ending("no-common-audio")) });
}
