import type { Table } from "../kernel/table.ts";

/** `answered`: our 2xx waits for its ACK. `closing`: hung up while it waits, BYE must come after the ACK. */
export type IncomingState = "arriving" | "answered" | "closing" | "confirmed" | "ended";
export type IncomingEventType =
  | "ring"
  | "answer"
  | "hangUp"
  | "cancel"
  | "bye"
  | "ack"
  | "ackMissing"
  | "broken"
  | "unreachable"
  | "unsettled";
export type IncomingAction =
  | "respond"
  | "refuse"
  | "awaitAck"
  | "passAnswer"
  | "terminate"
  | "keepBye"
  | "sendBye"
  | "sendKeptBye"
  | "reportLocal"
  | "reportRemote"
  | "reportFailure";

/** A call that came in, RFC 3261 sections 13.3 and 15. `unreachable`: a response could not be delivered. `unsettled`: it rang for too long. */
export const incomingTable = {
  arriving: {
    ring: { to: "arriving", run: ["respond"] },
    answer: { to: "answered", run: ["respond", "awaitAck"] },
    hangUp: { to: "ended", run: ["refuse", "reportLocal"] },
    cancel: { to: "ended", run: ["terminate", "reportRemote"] },
    bye: { to: "ended", run: ["terminate", "reportRemote"] },
    broken: { to: "ended", run: ["refuse", "reportFailure"] },
    unreachable: { to: "ended", run: ["reportFailure"] },
    unsettled: { to: "ended", run: ["refuse", "reportFailure"] },
  },
  answered: {
    ack: { to: "confirmed", run: ["passAnswer"] },
    ackMissing: { to: "ended", run: ["sendBye", "reportFailure"] },
    hangUp: { to: "closing", run: ["keepBye", "reportLocal"] },
    bye: { to: "ended", run: ["reportRemote"] },
    broken: { to: "ended", run: ["sendBye", "reportFailure"] },
  },
  closing: {
    ack: { to: "ended", run: ["sendKeptBye"] },
    ackMissing: { to: "ended", run: ["sendKeptBye"] },
    bye: { to: "ended", run: [] },
  },
  confirmed: {
    hangUp: { to: "ended", run: ["keepBye", "sendKeptBye", "reportLocal"] },
    bye: { to: "ended", run: ["reportRemote"] },
    broken: { to: "ended", run: ["sendBye", "reportFailure"] },
  },
  ended: {},
} as const satisfies Table<IncomingState, IncomingEventType, IncomingAction>;
