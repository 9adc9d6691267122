import type { Table } from "../kernel/table.ts";

/**
 * `abandoned`: hung up before any response, CANCEL has to wait for one. `offered`: the 2xx brought an offer and the
 * application has not answered it yet.
 */
export type OutgoingState = "inviting" | "ringing" | "abandoned" | "cancelling" | "offered" | "confirmed" | "ended";
export type OutgoingEventType =
  | "provisional"
  | "answer"
  | "offer"
  | "rejection"
  | "retry"
  | "acknowledge"
  | "hangUp"
  | "bye"
  | "failed"
  | "broken"
  | "cancelVain";
export type OutgoingAction =
  | "inviteAgain"
  | "passRinging"
  | "confirm"
  | "ack"
  | "passAnswered"
  | "keepHeaders"
  | "cancel"
  | "dispose"
  | "abandon"
  | "sendBye"
  | "reportLocal"
  | "reportRemote"
  | "reportRejected"
  | "reportFailure";

/**
 * A call of ours, RFC 3261 sections 9.1, 13.2 and 15. `answer` and `offer`: a 2xx, by what the SDP in it is.
 * `retry`: a refusal that a changed INVITE may overcome. `failed`: the INVITE has no outcome; `broken`: the dialog cannot go on.
 */
export const outgoingTable = {
  inviting: {
    provisional: { to: "ringing", run: ["passRinging"] },
    answer: { to: "confirmed", run: ["confirm", "ack", "passAnswered"] },
    offer: { to: "offered", run: ["confirm", "passAnswered"] },
    rejection: { to: "ended", run: ["reportRejected"] },
    retry: { to: "inviting", run: ["inviteAgain"] },
    hangUp: { to: "abandoned", run: ["keepHeaders", "reportLocal"] },
    failed: { to: "ended", run: ["reportFailure"] },
  },
  ringing: {
    provisional: { to: "ringing", run: ["passRinging"] },
    answer: { to: "confirmed", run: ["confirm", "ack", "passAnswered"] },
    offer: { to: "offered", run: ["confirm", "passAnswered"] },
    rejection: { to: "ended", run: ["reportRejected"] },
    retry: { to: "inviting", run: ["inviteAgain"] },
    hangUp: { to: "cancelling", run: ["keepHeaders", "cancel", "reportLocal"] },
    bye: { to: "cancelling", run: ["cancel", "reportRemote"] },
    broken: { to: "cancelling", run: ["cancel", "reportFailure"] },
    failed: { to: "ended", run: ["reportFailure"] },
  },
  abandoned: {
    provisional: { to: "cancelling", run: ["cancel"] },
    answer: { to: "ended", run: ["dispose"] },
    offer: { to: "ended", run: ["dispose"] },
    rejection: { to: "ended", run: [] },
    failed: { to: "ended", run: [] },
  },
  cancelling: {
    answer: { to: "ended", run: ["dispose"] },
    offer: { to: "ended", run: ["dispose"] },
    rejection: { to: "ended", run: [] },
    failed: { to: "ended", run: [] },
    cancelVain: { to: "ended", run: ["abandon"] },
  },
  offered: {
    acknowledge: { to: "confirmed", run: ["ack"] },
    hangUp: { to: "ended", run: ["keepHeaders", "ack", "sendBye", "reportLocal"] },
    bye: { to: "ended", run: ["reportRemote"] },
    broken: { to: "ended", run: ["ack", "sendBye", "reportFailure"] },
  },
  confirmed: {
    hangUp: { to: "ended", run: ["keepHeaders", "sendBye", "reportLocal"] },
    bye: { to: "ended", run: ["reportRemote"] },
    broken: { to: "ended", run: ["sendBye", "reportFailure"] },
  },
  ended: {},
} as const satisfies Table<OutgoingState, OutgoingEventType, OutgoingAction>;
