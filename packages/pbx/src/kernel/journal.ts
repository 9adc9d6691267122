import type { Ending } from "./ending.ts";

/** What became of one of the two who talk. */
export type LegState = "holds" | "resumed" | "away" | "back";

/** How one of them was replaced. */
export type PartyChange = "blind-transfer" | "attended-transfer" | "takeover";

/** What the server tells about a call while it lasts, in the order in which it happened. */
export type JournalEntry =
  | {
      readonly kind: "call-arrived";
      readonly call: string;
      readonly from: string;
      readonly to: string;
      readonly sipCallId: string;
    }
  | {
      readonly kind: "leg-added";
      readonly call: string;
      readonly leg: string;
      readonly party: string;
      readonly sipCallId: string;
    }
  | {
      readonly kind: "call-state";
      readonly call: string;
      readonly from: string;
      readonly event: string;
      readonly to: string;
    }
  | {
      readonly kind: "leg-state";
      readonly call: string;
      readonly leg: string;
      readonly state: LegState;
    }
  | {
      readonly kind: "party-changed";
      readonly call: string;
      readonly how: PartyChange;
      readonly by: string;
      readonly to: string;
    }
  | { readonly kind: "ack-late"; readonly call: string; readonly leg: string; readonly contact: string }
  | { readonly kind: "call-fault"; readonly call: string; readonly why: string }
  | { readonly kind: "call-ended"; readonly call: string; readonly ending: Ending }
  | { readonly kind: "refused"; readonly what: string; readonly source: string; readonly why: string };

/** Where calls write what happens to them; the trace and the log read it. Never throws. */
export interface Journal {
  record(entry: JournalEntry): void;
}

/** One journal that writes into several. */
export const journalInto = (...journals: readonly Journal[]): Journal => ({
  record: (entry) => {
    for (const journal of journals) journal.record(entry);
  },
});
