import type { Table } from "../../kernel/table.ts";

export type TransferState = "asked" | "ringing" | "unattended" | "returning" | "over";
export type TransferEvent = "begun" | "rang" | "won" | "lost" | "requesterLeft" | "otherLeft";
export type TransferAction =
  | "tellTrying"
  | "ringTarget"
  | "tellRinging"
  | "tellDone"
  | "tellFailed"
  | "takeOver"
  | "joinAgain"
  | "ringRequester"
  | "stopRinging"
  | "endCall";

/**
 * A blind transfer, RFC 3515 and RFC 5589 section 6: one party asks us to call somebody in her place, while the other
 * waits. `unattended`: she has hung up meanwhile; then nobody is there for the call to come back to, and she is rung
 * again (`returning`) when the target does not take it.
 */
export const transferTable = {
  asked: { begun: { to: "ringing", run: ["tellTrying", "ringTarget"] } },
  ringing: {
    rang: { to: "ringing", run: ["tellRinging"] },
    won: { to: "over", run: ["takeOver", "tellDone"] },
    lost: { to: "over", run: ["tellFailed", "joinAgain"] },
    requesterLeft: { to: "unattended", run: [] },
    otherLeft: { to: "over", run: ["stopRinging", "tellFailed"] },
  },
  unattended: {
    won: { to: "over", run: ["takeOver"] },
    lost: { to: "returning", run: ["ringRequester"] },
    otherLeft: { to: "over", run: ["stopRinging"] },
  },
  returning: {
    won: { to: "over", run: ["takeOver"] },
    lost: { to: "over", run: ["endCall"] },
    otherLeft: { to: "over", run: ["stopRinging"] },
  },
  over: {},
} as const satisfies Table<TransferState, TransferEvent, TransferAction>;
