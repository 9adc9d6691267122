import type { Table } from "../../kernel/table.ts";
import type { LimitedAction } from "../limited.ts";

export type PresenceState = "present" | "absent" | "gone";
export type PresenceEvent = "lost" | "back" | "expired" | "over";

/**
 * Whether a browser is there, judged by its sound alone. `lost`: nothing was heard for a while, or its path is broken.
 * `back`: it was heard again, its path is whole again, or another device of its user has taken the call over.
 */
export const presenceTable = {
  present: { lost: { to: "absent", run: ["startLimit", "report"] } },
  absent: {
    back: { to: "present", run: ["stopLimit", "report"] },
    expired: { to: "gone", run: ["reportExpired"] },
    over: { to: "gone", run: ["stopLimit"] },
  },
  gone: {},
} as const satisfies Table<PresenceState, PresenceEvent, LimitedAction>;
