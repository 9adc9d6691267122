import { handshakesHere } from "../webrtc/here.ts";
import type { MediaRelay, RelayOptions } from "./api.ts";
import { LocalRelay, type RelaySurroundings } from "./relay.ts";

/** A relay in this thread, over an injected clock, network and randomness. Browser legs keep real time inside werift. */
export const relayInProcess = (options: RelayOptions & RelaySurroundings): MediaRelay =>
  new LocalRelay(options, handshakesHere());
