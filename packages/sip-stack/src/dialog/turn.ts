import type { Table } from "../kernel/table.ts";

/** Whose offer is open in a dialog, RFC 3264 section 4 and RFC 3261 section 14. */
export type TurnState = "settled" | "ours" | "theirs";
/** An offer goes out or comes in; the open one is answered or refused. */
export type TurnEvent = "weOffer" | "theyOffer" | "done";

/** An empty cell is an offer that may not be made now. */
export const turnTable = {
  settled: { weOffer: { to: "ours", run: [] }, theyOffer: { to: "theirs", run: [] } },
  ours: { done: { to: "settled", run: [] } },
  theirs: { done: { to: "settled", run: [] } },
} as const satisfies Table<TurnState, TurnEvent, never>;

/**
 * What an offer of the peer's is refused with while another is open: 491 when the open one is ours, 500 when it is
 * theirs, RFC 3261 section 14.2 and RFC 3311 section 5.2; `undefined`: it may be taken.
 */
export function refusalOfOffer(turn: TurnState): 491 | 500 | undefined {
  if (turn === "settled") return undefined;
  return turn === "ours" ? 491 : 500;
}
