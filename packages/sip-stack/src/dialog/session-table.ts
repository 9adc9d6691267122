import type { Table } from "../kernel/table.ts";

/** `waiting`: we refresh, the next one is not due. `asking`: a refresh of ours is under way. `watching`: the peer refreshes. */
export type SessionState = "off" | "waiting" | "asking" | "watching" | "over";
/** The first three: what a 2xx to an INVITE or UPDATE, from either side, says of the session's time. */
export type SessionEvent = "weRefresh" | "theyRefresh" | "untimed" | "due" | "failed" | "raised" | "expired" | "closed";
export type SessionAction = "startHalf" | "startRetry" | "startExpiry" | "startRest" | "stop" | "refresh" | "expire";

/**
 * Who keeps a session alive, RFC 4028 section 10. `raised`: the refresh got 422, a longer interval is tried at once.
 * `expired`: the peer has not refreshed in time, or has not answered our refresh in time.
 * A refresh that fails otherwise is tried again: what ends the call (408, 481, silence) ends the dialog itself.
 */
export const sessionTable = {
  off: {
    weRefresh: { to: "waiting", run: ["startHalf"] },
    theyRefresh: { to: "watching", run: ["startExpiry"] },
    closed: { to: "over", run: [] },
  },
  waiting: {
    weRefresh: { to: "waiting", run: ["startHalf"] },
    theyRefresh: { to: "watching", run: ["stop", "startExpiry"] },
    untimed: { to: "off", run: ["stop"] },
    due: { to: "asking", run: ["startRest", "refresh"] },
    closed: { to: "over", run: ["stop"] },
  },
  asking: {
    weRefresh: { to: "waiting", run: ["startHalf"] },
    theyRefresh: { to: "watching", run: ["startExpiry"] },
    untimed: { to: "off", run: ["stop"] },
    failed: { to: "waiting", run: ["startRetry"] },
    raised: { to: "asking", run: ["refresh"] },
    expired: { to: "over", run: ["expire"] },
    closed: { to: "over", run: ["stop"] },
  },
  watching: {
    weRefresh: { to: "waiting", run: ["stop", "startHalf"] },
    theyRefresh: { to: "watching", run: ["startExpiry"] },
    untimed: { to: "off", run: ["stop"] },
    expired: { to: "over", run: ["expire"] },
    closed: { to: "over", run: ["stop"] },
  },
  over: {},
} as const satisfies Table<SessionState, SessionEvent, SessionAction>;
