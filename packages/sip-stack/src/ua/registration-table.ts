import type { Table } from "../kernel/table.ts";

/**
 * `waiting`: the last attempt failed, the next one is to come. `abandoning`: closed while an attempt was under way.
 * `leaving`: the binding is being removed.
 */
export type RegistrationState = "registering" | "registered" | "waiting" | "abandoning" | "leaving" | "ended";
/** `refused`: any final answer but a 2xx, or none. `brief`: a 423, the next attempt asks for longer. */
export type RegistrationEvent = "accepted" | "refused" | "brief" | "due" | "close" | "stop";
export type RegistrationAction =
  | "register"
  | "remove"
  | "startRefresh"
  | "startRetry"
  | "stopTimer"
  | "reportRegistered"
  | "reportFailed"
  | "reportEnded";

/** One binding of ours at a registrar, RFC 3261 section 10.2. */
export const registrationTable = {
  registering: {
    accepted: { to: "registered", run: ["startRefresh", "reportRegistered"] },
    refused: { to: "waiting", run: ["startRetry", "reportFailed"] },
    brief: { to: "registering", run: ["register"] },
    close: { to: "abandoning", run: [] },
    stop: { to: "ended", run: ["reportEnded"] },
  },
  registered: {
    due: { to: "registering", run: ["register"] },
    close: { to: "leaving", run: ["stopTimer", "remove"] },
    stop: { to: "ended", run: ["stopTimer", "reportEnded"] },
  },
  waiting: {
    due: { to: "registering", run: ["register"] },
    close: { to: "ended", run: ["stopTimer", "reportEnded"] },
    stop: { to: "ended", run: ["stopTimer", "reportEnded"] },
  },
  abandoning: {
    accepted: { to: "leaving", run: ["remove"] },
    refused: { to: "ended", run: ["reportEnded"] },
    brief: { to: "ended", run: ["reportEnded"] },
    stop: { to: "ended", run: ["reportEnded"] },
  },
  leaving: {
    accepted: { to: "ended", run: ["reportEnded"] },
    refused: { to: "ended", run: ["reportEnded"] },
    brief: { to: "ended", run: ["reportEnded"] },
    stop: { to: "ended", run: ["reportEnded"] },
  },
  ended: {},
} as const satisfies Table<RegistrationState, RegistrationEvent, RegistrationAction>;
