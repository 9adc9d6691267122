import type { Clock } from "../kernel/clock.ts";
import type { RandomBytes } from "../kernel/random.ts";
import type { Tally } from "../kernel/refusals.ts";
import type { PortPool } from "../socket/port-pool.ts";
import type { SrtpKeys } from "../srtp/keys.ts";
import type { Handshakes } from "../webrtc/handshake.ts";
import type { BrowserHosts } from "./host-sockets.ts";

/** What a connection is made with. */
export type ConnectionPlace = {
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly tally: Tally;
  readonly pool: PortPool;
  readonly hosts: BrowserHosts;
  readonly handshakes: Handshakes;
};

/** What a connection reports; after `onLost` there may be another `onLive`, when ICE was begun anew. */
export interface ConnectionUser {
  readonly ssrc: number;
  /** Before the first `onLive`. */
  onKeys(keys: SrtpKeys): void;
  /** The browser can be sent to. */
  onLive(): void;
  /** It has not answered for some seconds; what is sent may not arrive. */
  onInterrupted(): void;
  /** It cannot, for now or for good. */
  onLost(why: string): void;
  onRtp(bytes: Uint8Array): void;
  onRtcp(bytes: Uint8Array): void;
}
