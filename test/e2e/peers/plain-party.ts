import {
  formatInlineKey,
  freshMaster,
  type MediaSession,
  type PlainLeg,
  parseInlineKey,
  type SrtpKeys,
  type SrtpMaster,
  type SrtpProfile,
} from "@trunkline/media-relay";
import {
  type Agreed,
  acceptAnswer,
  answerOffer,
  type LocalAudio,
  makeOffer,
  offerAnswer,
} from "@trunkline/sip-stack/sdp";
import type { Subscriber } from "./subscriber.ts";

/** A subscriber's leg of the relay together with its side of offer and answer. */
export class PlainParty {
  readonly leg: PlainLeg;
  readonly #subscriber: Subscriber;
  readonly #local: LocalAudio;
  #state = offerAnswer("1");

  private constructor(leg: PlainLeg, subscriber: Subscriber) {
    this.leg = leg;
    this.#subscriber = subscriber;
    this.#local = { ...leg.local, ...cryptoOf(subscriber) };
  }

  static async in(session: MediaSession, subscriber: Subscriber): Promise<PlainParty> {
    return new PlainParty(await session.plainLeg(), subscriber);
  }

  offer(): string {
    const { state, sdp } = makeOffer(this.#state, this.#local);
    this.#state = state;
    return sdp;
  }

  async accept(answer: string): Promise<void> {
    const accepted = acceptAnswer(this.#state, answer);
    if (!accepted.ok) throw new Error(`the answer cannot be used: ${accepted.why}`);
    await this.#connect(accepted.value.agreed);
  }

  async answer(offer: string): Promise<string> {
    const answered = answerOffer(this.#state, offer, this.#local);
    if (!answered.ok) throw new Error(`the offer cannot be used: ${answered.why}`);
    await this.#connect(answered.value.agreed);
    return answered.value.sdp;
  }

  #connect(agreed: Agreed): Promise<void> {
    const { remote, pcmu, telephoneEvent, direction } = agreed;
    const { speaksFrom } = this.#subscriber;
    return this.leg.connect({
      address: remote.address,
      rtpPort: remote.port,
      rtcpPort: remote.rtcp.port,
      rtcpAddress: remote.rtcp.address,
      send: { pcmu: pcmu.send, ...(telephoneEvent && { telephoneEvent: telephoneEvent.send }) },
      receive: { pcmu: pcmu.receive, ...(telephoneEvent && { telephoneEvent: telephoneEvent.receive }) },
      direction,
      ...(speaksFrom && { latch: [speaksFrom] }),
      ...srtpOf(agreed),
    });
  }
}

const cryptoOf = ({ profile }: Subscriber): Pick<LocalAudio, "crypto"> =>
  profile === undefined ? {} : { crypto: [{ suite: profile, keys: formatInlineKey(freshMaster(profile)) }] };

function srtpOf({ crypto }: Agreed): { readonly srtp?: SrtpKeys } {
  if (crypto === undefined) return {};
  const profile = crypto.suite as SrtpProfile;
  return { srtp: { profile, local: masterOf(profile, crypto.send), remote: masterOf(profile, crypto.receive) } };
}

function masterOf(profile: SrtpProfile, keys: string): SrtpMaster {
  const master = parseInlineKey(profile, keys);
  if (!master.ok) throw new Error(`the key cannot be used: ${master.why}`);
  return master.value;
}
