import type { LegId, LegStatistics, SessionUser } from "@trunkline/media-relay";
import { type Ending, ending, lostWords } from "../kernel/ending.ts";
import type { Talk } from "./talk.ts";

/** What the reports of a call's sound mean something to. */
export interface MediaReportsUser {
  /** The talk that the legs are in now, be it another call's. */
  talk(): Talk | undefined;
  isTalking(): boolean;
  isCaller(leg: LegId): boolean;
  /** Whose leg it is, while two talk. */
  sideOf(leg: LegId): "caller" | "callee" | undefined;
  stop(why: Ending): void;
  onPlayed(): void;
  onClosed(last: LegStatistics): void;
}

/** Judges what a session reports. A browser whose path is broken may find another one; whatever else fails is lost. */
export function mediaReports(user: MediaReportsUser): SessionUser {
  const connected = new Set<LegId>();
  const fail = (leg: LegId, why: string, isFinal = false): void => {
    const wasConnected = connected.has(leg);
    const talk = user.talk();
    if (wasConnected && !isFinal) talk?.lost(leg, why);
    if (talk?.isAbsent(leg) === true && !isFinal) return;
    if (!user.isTalking() && !user.isCaller(leg)) return;
    // Whoever has been replaced is still there for a moment, to hang up.
    if (talk !== undefined && user.sideOf(leg) === undefined) return;
    const words = wasConnected ? lostWords(why) : `No audio connection could be made: ${why}.`;
    user.stop(ending(wasConnected ? "media-lost" : "media-failed", user.sideOf(leg), { words }));
  };
  return {
    onConnected: (leg) => {
      connected.add(leg);
      user.talk()?.back(leg);
    },
    onInterrupted: (leg) => user.talk()?.interrupted(leg),
    onFailed: fail,
    onPlayed: () => user.onPlayed(),
    onClosed: (last) => user.onClosed(last),
    onSilence: (leg, { phase, seconds }) => {
      user.talk()?.silent(leg, seconds);
      if (phase === "in-talk") user.talk()?.lost(leg);
    },
    onHeard: (leg) => user.talk()?.back(leg),
    onSilenceLimit: (leg, { phase, seconds }) => {
      const talk = user.talk();
      const side = talk?.legs.findIndex(({ media }) => media?.id === leg) ?? (user.isTalking() ? 0 : -1);
      if (phase === "on-hold" || talk?.isOnHold === true || side < 0) return;
      const words = `Nothing was heard of the other side for ${seconds} seconds.`;
      user.stop(ending("peer-lost", side === 0 ? "caller" : "callee", { words }));
    },
  };
}
