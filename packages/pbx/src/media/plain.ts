import type { MediaSession, PlainLeg, PlainRemote } from "@trunkline/media-relay";
import { type Agreed, acceptAnswer, answerOffer, makeOffer, offerAnswer } from "@trunkline/sip-stack/sdp";
import type { MediaLeg, Negotiated } from "./leg.ts";

/** Where plain RTP is bound and which address the SDP shows for it (behind a 1:1 NAT they differ). */
export type PlainAddresses = { readonly bind: string; readonly shown: string };

/** A leg of plain RTP with PCMU and telephone-event: the trunk's, or a fixed peer's. */
export async function plainMediaLeg(
  session: MediaSession,
  { bind, shown }: PlainAddresses,
  sessionId: string,
): Promise<MediaLeg> {
  const leg = await session.plainLeg({ bind });
  const local = { address: shown, rtpPort: leg.local.rtpPort, rtcpPort: leg.local.rtcpPort };
  let state = offerAnswer(sessionId);
  return {
    id: leg.id,
    offer: async (direction) => {
      const made = makeOffer(state, local, direction);
      state = made.state;
      return made.sdp;
    },
    answer: async (offer): Promise<Negotiated<string>> => {
      const answered = answerOffer(state, offer, local);
      if (!answered.ok) return answered;
      state = answered.value.state;
      await connect(leg, answered.value.agreed);
      return { ok: true, value: answered.value.sdp };
    },
    accept: async (answer): Promise<Negotiated<void>> => {
      const accepted = acceptAnswer(state, answer);
      if (!accepted.ok) return accepted;
      state = accepted.value.state;
      await connect(leg, accepted.value.agreed);
      return { ok: true, value: undefined };
    },
    close: () => leg.close(),
  };
}

const connect = (leg: PlainLeg, agreed: Agreed): Promise<void> => leg.connect(remoteOf(agreed));

function remoteOf({ remote, pcmu, telephoneEvent, direction }: Agreed): PlainRemote {
  return {
    address: remote.address,
    rtpPort: remote.port,
    rtcpPort: remote.rtcp.port,
    rtcpAddress: remote.rtcp.address,
    send: { pcmu: pcmu.send, ...(telephoneEvent && { telephoneEvent: telephoneEvent.send }) },
    receive: { pcmu: pcmu.receive, ...(telephoneEvent && { telephoneEvent: telephoneEvent.receive }) },
    direction,
  };
}
