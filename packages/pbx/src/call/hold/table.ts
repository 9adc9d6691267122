import type { Table } from "../../kernel/table.ts";
import type { LimitedAction } from "../limited.ts";

export type HoldState = "talking" | "holding";
export type HoldEvent = "held" | "resumed" | "expired" | "over";

/** Whether one side has put the other on hold, RFC 3264 section 8.4. `expired`: nobody has come back from it in time. */
export const holdTable = {
  talking: { held: { to: "holding", run: ["startLimit", "report"] } },
  holding: {
    resumed: { to: "talking", run: ["stopLimit", "report"] },
    expired: { to: "holding", run: ["reportExpired"] },
    over: { to: "talking", run: ["stopLimit"] },
  },
} as const satisfies Table<HoldState, HoldEvent, LimitedAction>;
