import { type BrowserLeg, type MediaSession, RelayError } from "@trunkline/media-relay";
import { type Direction, reverse } from "@trunkline/sip-stack/sdp";
import type { MediaLeg, Negotiated } from "./leg.ts";

/** A WebRTC leg: its SDP passes through the relay as it is; here only its direction is read. */
export async function browserMediaLeg(session: MediaSession): Promise<MediaLeg> {
  return new BrowserMediaLeg(session, await session.browserLeg());
}

class BrowserMediaLeg implements MediaLeg {
  readonly session: MediaSession;
  readonly #leg: BrowserLeg;
  #direction: Direction | undefined;
  /** Whether an offer of ours waits for its answer. */
  #isOffering = false;

  constructor(session: MediaSession, leg: BrowserLeg) {
    this.session = session;
    this.#leg = leg;
  }

  get id() {
    return this.#leg.id;
  }

  get direction(): Direction | undefined {
    return this.#direction;
  }

  offer(): Promise<string> {
    this.#isOffering = true;
    return this.#leg.offer();
  }

  readonly offerRestart = (): Promise<string> => {
    this.#isOffering = true;
    return this.#leg.offer({ iceRestart: true });
  };

  async answer(offer: string): Promise<Negotiated<string>> {
    this.#isOffering = false;
    const answered = await negotiated(this.#leg.answer(offer));
    if (answered.ok) this.#direction = directionIn(answered.value);
    return answered;
  }

  /** WebRTC takes one answer to an offer: one that comes again changes nothing. */
  async accept(answer: string): Promise<Negotiated<void>> {
    if (!this.#isOffering) return { ok: true, value: undefined };
    const accepted = await negotiated(this.#leg.accept(answer));
    if (accepted.ok) this.#direction = reverse(directionIn(answer));
    this.#isOffering = !accepted.ok;
    return accepted;
  }

  close(): Promise<void> {
    return this.#leg.close();
  }
}

const directions = ["sendrecv", "sendonly", "recvonly", "inactive"] as const;

/**
 * The direction of the audio, as whoever wrote the description sees it: its section's, or else the session's. Read here alone:
 * in WebRTC `c=0.0.0.0` is no hold but a path that is not known yet (RFC 8840 section 4.3.2).
 */
function directionIn(sdp: string): Direction {
  const [session = "", ...media] = sdp.split(/^m=/m);
  const audio = media.find((section) => /^audio +0*[1-9]/.test(section)) ?? media.find(isBundled) ?? "";
  return directionOf(audio) ?? directionOf(session) ?? "sendrecv";
}

const isBundled = (section: string): boolean => /^audio /.test(section) && /^a=bundle-only\s*$/m.test(section);

const directionOf = (section: string): Direction | undefined =>
  directions.find((one) => new RegExp(`^a=${one}\\s*$`, "m").test(section));

/** A refused SDP is the peer's doing and becomes an outcome; any other failure is ours and goes on. */
async function negotiated<T>(attempt: Promise<T>): Promise<Negotiated<T>> {
  try {
    return { ok: true, value: await attempt };
  } catch (error) {
    if (error instanceof RelayError && error.code === "MEDIA_SDP_REFUSED") return { ok: false, why: error.message };
    throw error;
  }
}
