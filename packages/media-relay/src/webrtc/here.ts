import { type Clock, systemClock } from "../kernel/clock.ts";
import type { BrowserHandshake, Handshakes } from "./handshake.ts";

/** Handshakes in this thread. werift is loaded with the first of them: who relays plain RTP only never pays for it. */
export function handshakesHere(clock: Clock = systemClock): Handshakes {
  const open = new Set<BrowserHandshake>();
  return {
    get size() {
      return open.size;
    },
    open: async (spec, user) => {
      const { Peer } = await import("./peer.ts");
      const peer = new Peer(spec, user, () => open.delete(peer), clock);
      open.add(peer);
      return peer;
    },
    close: async () => {
      await Promise.all(Array.from(open, (peer) => peer.close()));
    },
  };
}
