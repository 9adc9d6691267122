import { isIP } from "node:net";
import type { MediaSession, PlainLeg, PlainRemote, SrtpKeys } from "@trunkline/media-relay";
import {
  type Agreed,
  acceptAnswer,
  answerOffer,
  type Direction,
  type LocalAudio,
  makeOffer,
  offerAnswer,
} from "@trunkline/sip-stack/sdp";
import type { MediaLeg, Negotiated } from "./leg.ts";
import { freshCrypto, srtpOf } from "./sdes.ts";

/** How a leg of plain RTP is set up. */
export type PlainLegOptions = {
  /** Where RTP is bound and which address the SDP shows for it (behind a 1:1 NAT they differ). */
  readonly bind: string;
  readonly shown: string;
  /** The number of the session in the SDP's origin. */
  readonly sessionId: string;
  /** SRTP with keys in the SDP, and nothing else (RFC 4568). */
  readonly encrypted?: boolean;
  /** The networks from which the peer may send although its SDP names another address. */
  readonly latch?: readonly string[];
  /**
   * The address of the peer's signalling: where its media is when the SDP names a host, which is not looked up, or an
   * address of the other IP version, as phones behind a NAT64 do.
   */
  readonly signalling?: string;
  /** Whether what we send follows the peer there when its SDP names this address; default: it does. */
  readonly follows?: (named: string) => boolean;
};

type Latch = Pick<PlainLegOptions, "bind" | "latch" | "follows" | "signalling">;

/** A leg of RTP with PCMU and telephone-event: the trunk's, or a fixed peer's. */
export async function plainMediaLeg(session: MediaSession, options: PlainLegOptions): Promise<MediaLeg> {
  const leg = await session.plainLeg({ bind: options.bind });
  return new PlainMediaLeg(session, leg, options);
}

/** Says why an offer of RTP cannot be answered; `undefined` when it can. Opens nothing. */
export function plainOfferFault(offer: string, encrypted: boolean): string | undefined {
  const local = { address: "0.0.0.0", rtpPort: 0, rtcpPort: 0, ...(encrypted && { crypto: freshCrypto() }) };
  const answered = answerOffer(offerAnswer("0"), offer, local);
  if (!answered.ok) return answered.why;
  const srtp = srtpOf(answered.value.agreed);
  return "why" in srtp ? srtp.why : undefined;
}

class PlainMediaLeg implements MediaLeg {
  readonly session: MediaSession;
  readonly #leg: PlainLeg;
  readonly #local: LocalAudio;
  readonly #latch: Latch;
  #state: ReturnType<typeof offerAnswer>;
  #direction: Direction | undefined;
  /** What we offered last: it holds for refreshes of the peer's too, so that they end no hold. */
  #wanted: Direction = "sendrecv";

  constructor(
    session: MediaSession,
    leg: PlainLeg,
    { shown, sessionId, encrypted = false, ...latch }: PlainLegOptions,
  ) {
    const { rtpPort, rtcpPort } = leg.local;
    this.session = session;
    this.#leg = leg;
    this.#latch = latch;
    this.#local = { address: shown, rtpPort, rtcpPort, ...(encrypted && { crypto: freshCrypto() }) };
    this.#state = offerAnswer(sessionId);
  }

  get id() {
    return this.#leg.id;
  }

  get direction(): Direction | undefined {
    return this.#direction;
  }

  offer: MediaLeg["offer"] = async (direction = this.#wanted) => {
    this.#wanted = direction;
    const { state, sdp } = makeOffer(this.#state, this.#local, direction);
    this.#state = state;
    return sdp;
  };

  async answer(offer: string): Promise<Negotiated<string>> {
    const answered = answerOffer(this.#state, offer, this.#local, this.#wanted);
    if (!answered.ok) return answered;
    const { state, sdp, agreed } = answered.value;
    const connected = await this.#connect(state, agreed);
    return connected.ok ? { ok: true, value: sdp } : connected;
  }

  async accept(answer: string): Promise<Negotiated<void>> {
    const accepted = acceptAnswer(this.#state, answer);
    return accepted.ok ? this.#connect(accepted.value.state, accepted.value.agreed) : accepted;
  }

  close(): Promise<void> {
    return this.#leg.close();
  }

  async #connect(state: ReturnType<typeof offerAnswer>, agreed: Agreed): Promise<Negotiated<void>> {
    const srtp = srtpOf(agreed);
    if ("why" in srtp) return { ok: false, why: srtp.why };
    const { signalling, bind } = this.#latch;
    if (signalling === undefined && !canReach(bind, agreed.remote.address))
      return {
        ok: false,
        why: "SDP names a host for its audio, which is not looked up, or one of the other IP version",
      };
    this.#state = state;
    this.#direction = agreed.direction;
    await this.#leg.connect(remoteOf(agreed, srtp.keys, this.#latch));
    return { ok: true, value: undefined };
  }
}

/** Whether a socket that is bound there can send to an address. */
const canReach = (bind: string, address: string): boolean =>
  isIP(address) !== 0 && (bind === "::" || isIP(address) === isIP(bind));

function remoteOf(
  { remote, pcmu, telephoneEvent, direction }: Agreed,
  srtp: SrtpKeys | undefined,
  { bind, latch, follows, signalling = remote.address }: Latch,
): PlainRemote {
  const placeOf = (address: string): string => (canReach(bind, address) ? address : signalling);
  const isNamed = canReach(bind, remote.address) && follows?.(remote.address) === false;
  return {
    address: placeOf(remote.address),
    rtpPort: remote.port,
    rtcpPort: remote.rtcp.port,
    rtcpAddress: placeOf(remote.rtcp.address),
    send: { pcmu: pcmu.send, ...(telephoneEvent && { telephoneEvent: telephoneEvent.send }) },
    receive: { pcmu: pcmu.receive, ...(telephoneEvent && { telephoneEvent: telephoneEvent.receive }) },
    direction,
    ...(srtp && { srtp }),
    ...(latch && { latch, sendTo: isNamed ? "named" : "source" }),
  };
}
