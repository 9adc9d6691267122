import type { Table } from "../kernel/table.ts";

export type CallState = "arriving" | "ringing" | "talking" | "ending";
export type CallEvent =
  | "placed"
  | "answered"
  | "announced"
  | "refused"
  | "callerLeft"
  | "calleeLeft"
  | "transferred"
  | "stopped"
  | "released";
export type CallAction = "answerCaller" | "endLegs" | "forget";

/**
 * A call of two parties, from its first INVITE until both legs are gone.
 * `placed`: its targets are being invited. `refused`: nobody can or will take it. `announced`: nobody
 * does, and the caller is told so by a recording. `stopped`: we end it ourselves.
 * `transferred`: the other party talks in another call from now on.
 * `released`: every leg is over. Hold is a property of a leg, not a state of the call.
 */
export const callTable = {
  arriving: {
    placed: { to: "ringing", run: [] },
    refused: { to: "ending", run: ["endLegs"] },
    callerLeft: { to: "ending", run: ["endLegs"] },
    stopped: { to: "ending", run: ["endLegs"] },
  },
  ringing: {
    answered: { to: "talking", run: ["answerCaller"] },
    announced: { to: "talking", run: ["answerCaller"] },
    refused: { to: "ending", run: ["endLegs"] },
    callerLeft: { to: "ending", run: ["endLegs"] },
    calleeLeft: { to: "ending", run: ["endLegs"] },
    stopped: { to: "ending", run: ["endLegs"] },
  },
  talking: {
    callerLeft: { to: "ending", run: ["endLegs"] },
    calleeLeft: { to: "ending", run: ["endLegs"] },
    transferred: { to: "ending", run: ["endLegs"] },
    stopped: { to: "ending", run: ["endLegs"] },
  },
  ending: { released: { to: "ending", run: ["forget"] } },
} as const satisfies Table<CallState, CallEvent, CallAction>;
