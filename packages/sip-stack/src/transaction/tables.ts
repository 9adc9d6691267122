import type { Table } from "../kernel/table.ts";

/** States of an INVITE client transaction. */
export type InviteClientState = "calling" | "proceeding" | "accepted" | "completed" | "terminated";
export type InviteClientEvent =
  | "provisional"
  | "success"
  | "failure"
  | "timerA"
  | "timerB"
  | "timerD"
  | "timerM"
  | "timerOver"
  | "transportError"
  | "flowClosed"
  | "abandon";
export type InviteClientAction =
  | "repeat"
  | "stopAB"
  | "startD"
  | "startM"
  | "ack"
  | "passUp"
  | "reportTimeout"
  | "reportError";

/**
 * INVITE client transaction, RFC 3261 section 17.1.1.2 as amended by RFC 6026 section 8.4. `flowClosed`: the connection
 * that the final response would have come by is gone; `abandon`: a CANCEL had no effect;
 * `timerOver`: the dialog that it was sent in has been over for 64*T1.
 */
export const inviteClientTable = {
  calling: {
    provisional: { to: "proceeding", run: ["stopAB", "passUp"] },
    success: { to: "accepted", run: ["stopAB", "startM", "passUp"] },
    failure: { to: "completed", run: ["stopAB", "ack", "startD", "passUp"] },
    timerA: { to: "calling", run: ["repeat"] },
    timerB: { to: "terminated", run: ["reportTimeout"] },
    transportError: { to: "terminated", run: ["reportError"] },
    flowClosed: { to: "terminated", run: ["reportError"] },
    abandon: { to: "terminated", run: [] },
  },
  proceeding: {
    provisional: { to: "proceeding", run: ["passUp"] },
    success: { to: "accepted", run: ["startM", "passUp"] },
    failure: { to: "completed", run: ["ack", "startD", "passUp"] },
    timerOver: { to: "terminated", run: ["reportTimeout"] },
    flowClosed: { to: "terminated", run: ["reportError"] },
    abandon: { to: "terminated", run: [] },
  },
  accepted: {
    success: { to: "accepted", run: ["passUp"] },
    timerM: { to: "terminated", run: [] },
  },
  completed: {
    failure: { to: "completed", run: ["ack"] },
    timerD: { to: "terminated", run: [] },
    transportError: { to: "terminated", run: ["reportError"] },
  },
  terminated: {},
} as const satisfies Table<InviteClientState, InviteClientEvent, InviteClientAction>;

/** States of a client transaction for any other method. */
export type ClientState = "trying" | "proceeding" | "completed" | "terminated";
export type ClientEvent = "provisional" | "final" | "timerE" | "timerF" | "timerK" | "transportError";
export type ClientAction = "repeat" | "repeatSlowly" | "stopEF" | "startK" | "passUp" | "reportTimeout" | "reportError";

/** Non-INVITE client transaction, RFC 3261 section 17.1.2.2. */
export const clientTable = {
  trying: {
    provisional: { to: "proceeding", run: ["passUp"] },
    final: { to: "completed", run: ["stopEF", "startK", "passUp"] },
    timerE: { to: "trying", run: ["repeat"] },
    timerF: { to: "terminated", run: ["reportTimeout"] },
    transportError: { to: "terminated", run: ["reportError"] },
  },
  proceeding: {
    provisional: { to: "proceeding", run: ["passUp"] },
    final: { to: "completed", run: ["stopEF", "startK", "passUp"] },
    timerE: { to: "proceeding", run: ["repeatSlowly"] },
    timerF: { to: "terminated", run: ["reportTimeout"] },
    transportError: { to: "terminated", run: ["reportError"] },
  },
  completed: { timerK: { to: "terminated", run: [] } },
  terminated: {},
} as const satisfies Table<ClientState, ClientEvent, ClientAction>;

/** States of an INVITE server transaction. */
export type InviteServerState = "proceeding" | "accepted" | "completed" | "confirmed" | "terminated";
export type InviteServerEvent =
  | "request"
  | "provisional"
  | "success"
  | "failure"
  | "dismissal"
  | "ack"
  | "timerTrying"
  | "timerG"
  | "timerH"
  | "timerI"
  | "timerL"
  | "transportError";
export type InviteServerAction =
  | "send"
  | "resend"
  | "rearmG"
  | "sendTrying"
  | "stopTrying"
  | "startGH"
  | "acknowledged"
  | "startI"
  | "startL"
  | "passAck"
  | "reportTimeout"
  | "reportError";

/**
 * INVITE server transaction, RFC 3261 section 17.2.1 as amended by RFC 6026 section 8.7. `dismissal`: a failure that is
 * sent once and forgotten, as to somebody who has still to prove who he is (section 26.3.2.4).
 */
export const inviteServerTable = {
  proceeding: {
    request: { to: "proceeding", run: ["resend"] },
    provisional: { to: "proceeding", run: ["stopTrying", "send"] },
    success: { to: "accepted", run: ["stopTrying", "send", "startL"] },
    failure: { to: "completed", run: ["stopTrying", "send", "startGH"] },
    dismissal: { to: "terminated", run: ["stopTrying", "send"] },
    timerTrying: { to: "proceeding", run: ["sendTrying"] },
    transportError: { to: "terminated", run: ["reportError"] },
  },
  accepted: {
    success: { to: "accepted", run: ["resend"] },
    ack: { to: "accepted", run: ["passAck"] },
    timerL: { to: "terminated", run: [] },
    transportError: { to: "accepted", run: ["reportError"] },
  },
  completed: {
    request: { to: "completed", run: ["resend"] },
    ack: { to: "confirmed", run: ["acknowledged", "startI"] },
    timerG: { to: "completed", run: ["resend", "rearmG"] },
    timerH: { to: "terminated", run: ["reportTimeout"] },
    transportError: { to: "terminated", run: ["reportError"] },
  },
  confirmed: { timerI: { to: "terminated", run: [] } },
  terminated: {},
} as const satisfies Table<InviteServerState, InviteServerEvent, InviteServerAction>;

/** States of a server transaction for any other method. */
export type ServerState = "trying" | "proceeding" | "completed" | "terminated";
export type ServerEvent =
  | "request"
  | "provisional"
  | "final"
  | "dismissal"
  | "timerJ"
  | "unanswered"
  | "transportError";
export type ServerAction = "send" | "resend" | "startJ" | "reportError";

/**
 * Non-INVITE server transaction, RFC 3261 section 17.2.2. `unanswered`: the client has given up by its timer F, so
 * nothing waits for a response any more. `dismissal`: a final response that is sent once and forgotten.
 */
export const serverTable = {
  trying: {
    provisional: { to: "proceeding", run: ["send"] },
    final: { to: "completed", run: ["send", "startJ"] },
    dismissal: { to: "terminated", run: ["send"] },
    unanswered: { to: "terminated", run: [] },
    transportError: { to: "terminated", run: ["reportError"] },
  },
  proceeding: {
    request: { to: "proceeding", run: ["resend"] },
    provisional: { to: "proceeding", run: ["send"] },
    final: { to: "completed", run: ["send", "startJ"] },
    dismissal: { to: "terminated", run: ["send"] },
    unanswered: { to: "terminated", run: [] },
    transportError: { to: "terminated", run: ["reportError"] },
  },
  completed: {
    request: { to: "completed", run: ["resend"] },
    timerJ: { to: "terminated", run: [] },
    transportError: { to: "terminated", run: ["reportError"] },
  },
  terminated: {},
} as const satisfies Table<ServerState, ServerEvent, ServerAction>;
