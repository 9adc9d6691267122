import { type MediaSession, type PlainLeg, systemDatagrams } from "../src/index.ts";
import { RtpPeer } from "../src/testing/index.ts";

/** A new leg of a session, and a peer on the system's network that talks to it. */
export async function talking(session: MediaSession, network: string): Promise<readonly [RtpPeer, PlainLeg]> {
  const [leg, peer] = [await session.plainLeg(), await RtpPeer.bind(systemDatagrams, network)];
  peer.aim(leg.local);
  await leg.connect(peer.remote());
  return [peer, leg];
}

/** Who says frames and hears them. */
type Speaker = { say(frame: Uint8Array): void; hearing(count: number): Promise<void> };

/** Both say every frame, at once; resolves when each has heard as many from its beginning on. */
export async function talkAtOnce(one: Speaker, other: Speaker, said: readonly Uint8Array[]): Promise<void> {
  for (const frame of said) {
    one.say(frame);
    other.say(frame);
  }
  await Promise.all([one.hearing(said.length), other.hearing(said.length)]);
}
