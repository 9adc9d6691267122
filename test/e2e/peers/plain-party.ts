import { freshMaster, type MediaSession, type PlainLeg, type SrtpKeys } from "@trunkline/media-relay";
import { type Agreed, acceptAnswer, answerOffer, makeOffer, offerAnswer } from "@trunkline/sip-stack/sdp";
import { type Crypto, cryptoOf, encrypted, inClear } from "./sdes.ts";
import type { Subscriber } from "./subscriber.ts";

/** A leg of the relay together with its side of offer and answer, in clear or with keys in the SDP. */
export class PlainParty {
  readonly leg: PlainLeg;
  readonly #subscriber: Subscriber;
  #state = offerAnswer("1");
  #offered: Crypto | undefined;

  private constructor(leg: PlainLeg, subscriber: Subscriber) {
    this.leg = leg;
    this.#subscriber = subscriber;
  }

  static async in(session: MediaSession, subscriber: Subscriber): Promise<PlainParty> {
    return new PlainParty(await session.plainLeg(), subscriber);
  }

  offer(): string {
    const { profile } = this.#subscriber;
    const { state, sdp } = makeOffer(this.#state, this.leg.local);
    this.#state = state;
    this.#offered = profile && { tag: "1", profile, master: freshMaster(profile) };
    return this.#offered === undefined ? sdp : encrypted(sdp, this.#offered);
  }

  async accept(answer: string): Promise<void> {
    const accepted = acceptAnswer(this.#state, inClear(answer));
    if (!accepted.ok) throw new Error(`the answer cannot be used: ${accepted.why}`);
    await this.#connect(accepted.value.agreed, this.#offered, cryptoOf(answer));
  }

  async answer(offer: string): Promise<string> {
    const answered = answerOffer(this.#state, inClear(offer), this.leg.local);
    if (!answered.ok) throw new Error(`the offer cannot be used: ${answered.why}`);
    const theirs = cryptoOf(offer);
    const ours = theirs && { ...theirs, master: freshMaster(theirs.profile) };
    await this.#connect(answered.value.agreed, ours, theirs);
    return ours === undefined ? answered.value.sdp : encrypted(answered.value.sdp, ours);
  }

  #connect(agreed: Agreed, ours: Crypto | undefined, theirs: Crypto | undefined): Promise<void> {
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
      ...srtpOf(ours, theirs),
    });
  }
}

function srtpOf(ours: Crypto | undefined, theirs: Crypto | undefined): { readonly srtp?: SrtpKeys } {
  if (ours?.profile !== theirs?.profile) throw new Error("only one side has keys, or each for another profile");
  if (ours === undefined || theirs === undefined) return {};
  return { srtp: { profile: ours.profile, local: ours.master, remote: theirs.master } };
}
