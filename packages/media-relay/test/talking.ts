import { type MediaSession, type PlainLeg, systemDatagrams } from "../src/index.ts";
import { RtpPeer } from "../src/testing/index.ts";

/** A new leg of a session, and a peer on the system's network that talks to it. */
export async function talking(session: MediaSession, network: string): Promise<readonly [RtpPeer, PlainLeg]> {
  const [leg, peer] = [await session.plainLeg(), await RtpPeer.bind(systemDatagrams, network)];
  peer.aim(leg.local);
  await leg.connect(peer.remote());
  return [peer, leg];
}
