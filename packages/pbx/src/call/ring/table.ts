import type { Table } from "../../kernel/table.ts";

export type RingState = "trying" | "ringing" | "won" | "lost";
export type RingEvent = "rang" | "answered" | "exhausted" | "timedOut" | "stopped";
export type RingAction =
  | "passRing"
  | "claim"
  | "silenceOthers"
  | "reportWon"
  | "dropLate"
  | "silenceAll"
  | "reportLost";

/**
 * All targets of a call ring at once; the first to answer wins and the others stop.
 * A target that fails or declines silences only itself; `exhausted`: it was the last one.
 */
export const ringTable = {
  trying: {
    rang: { to: "ringing", run: ["passRing"] },
    answered: { to: "won", run: ["claim", "silenceOthers", "reportWon"] },
    exhausted: { to: "lost", run: ["reportLost"] },
    timedOut: { to: "lost", run: ["silenceAll", "reportLost"] },
    stopped: { to: "lost", run: ["silenceAll"] },
  },
  ringing: {
    rang: { to: "ringing", run: ["passRing"] },
    answered: { to: "won", run: ["claim", "silenceOthers", "reportWon"] },
    exhausted: { to: "lost", run: ["reportLost"] },
    timedOut: { to: "lost", run: ["silenceAll", "reportLost"] },
    stopped: { to: "lost", run: ["silenceAll"] },
  },
  won: { answered: { to: "won", run: ["dropLate"] }, stopped: { to: "lost", run: ["silenceAll"] } },
  lost: { answered: { to: "lost", run: ["dropLate"] } },
} as const satisfies Table<RingState, RingEvent, RingAction>;
