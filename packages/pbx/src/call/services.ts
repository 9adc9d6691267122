import type { MediaSession, SessionUser } from "@trunkline/media-relay";
import type { Clock, UserAgent } from "@trunkline/sip-stack";
import type { UserName } from "../domain/names.ts";
import type { Journal } from "../kernel/journal.ts";
import type { WallClock } from "../kernel/time.ts";
import type { MediaLeg, MediaPeer } from "../media/leg.ts";
import type { CallRecord, OpenRecord } from "../store/history.ts";

/** What calls need of the rest of the server. */
export type CallServices = {
  readonly agent: Pick<UserAgent, "call">;
  readonly clock: Clock;
  readonly wallClock: WallClock;
  readonly journal: Journal;
  /** The host of our own addresses towards trunk and peers. */
  readonly publicAddress: string;
  openSession(user: SessionUser): Promise<MediaSession>;
  mediaLeg(session: MediaSession, peer: MediaPeer): Promise<MediaLeg>;
  /** Counts a user's minutes over the trunk from now until the returned function is called. */
  countMinutes(user: UserName): () => void;
  /** A call has begun, or was answered. */
  onProgress(record: OpenRecord): void;
  /** A call is over, with everything of it closed. */
  onOver(record: CallRecord): void;
};
