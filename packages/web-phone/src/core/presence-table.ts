import type { Table } from "../kernel/table.ts";

/** Whether this page is registered with the server. */
export type PresenceState = "offline" | "connecting" | "online" | "reconnecting" | "refused";
export type PresenceEvent = "goOnline" | "goOffline" | "registered" | "refused" | "disconnected" | "retry";
export type PresenceAction = "start" | "stop" | "register" | "retryLater" | "cancelRetry";

/** Being reachable, as a table. */
export const presenceTable = {
  offline: { goOnline: { to: "connecting", run: ["start"] } },
  connecting: {
    registered: { to: "online", run: [] },
    refused: { to: "refused", run: ["retryLater"] },
    disconnected: { to: "reconnecting", run: [] },
    goOffline: { to: "offline", run: ["stop"] },
  },
  online: {
    refused: { to: "refused", run: ["retryLater"] },
    disconnected: { to: "reconnecting", run: [] },
    goOffline: { to: "offline", run: ["stop"] },
  },
  reconnecting: {
    registered: { to: "online", run: [] },
    refused: { to: "refused", run: ["retryLater"] },
    goOffline: { to: "offline", run: ["stop"] },
  },
  refused: {
    registered: { to: "online", run: ["cancelRetry"] },
    disconnected: { to: "reconnecting", run: ["cancelRetry"] },
    retry: { to: "connecting", run: ["register"] },
    goOffline: { to: "offline", run: ["cancelRetry", "stop"] },
  },
} as const satisfies Table<PresenceState, PresenceEvent, PresenceAction>;

/** The state in words. */
export const presenceWords: Readonly<Record<PresenceState, string>> = {
  offline: "Offline",
  connecting: "Connecting…",
  online: "Online",
  reconnecting: "Reconnecting…",
  refused: "Not registered",
};
