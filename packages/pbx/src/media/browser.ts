import { type MediaSession, RelayError } from "@trunkline/media-relay";
import type { MediaLeg, Negotiated } from "./leg.ts";

/** A WebRTC leg: its SDP passes through the relay as it is, nobody here reads it. */
export async function browserMediaLeg(session: MediaSession): Promise<MediaLeg> {
  const leg = await session.browserLeg();
  return {
    id: leg.id,
    offer: () => leg.offer(),
    answer: (offer) => negotiated(leg.answer(offer)),
    accept: (answer) => negotiated(leg.accept(answer)),
    close: () => leg.close(),
  };
}

/** A refused SDP is the peer's doing and becomes an outcome; any other failure is ours and goes on. */
async function negotiated<T>(attempt: Promise<T>): Promise<Negotiated<T>> {
  try {
    return { ok: true, value: await attempt };
  } catch (error) {
    if (error instanceof RelayError && error.code === "MEDIA_SDP_REFUSED") return { ok: false, why: error.message };
    throw error;
  }
}
