import type { Table } from "../kernel/table.ts";

/** `offered`: the application has not settled the REFER yet. `active`: it hears what becomes of it by NOTIFY. */
export type TransferState = "offered" | "active" | "over";
export type TransferEvent = "accept" | "reject" | "progress" | "done" | "expired" | "refused" | "close";
export type TransferAction = "respond" | "notify" | "notifyLast" | "startExpiry" | "stop" | "forget";

/** A REFER of the peer's and its subscription, RFC 3515 section 2.4. `refused`: the peer wants no more NOTIFY. */
export const transferTable = {
  offered: {
    accept: { to: "active", run: ["respond", "notify", "startExpiry"] },
    reject: { to: "over", run: ["respond", "forget"] },
    close: { to: "over", run: ["respond", "forget"] },
  },
  active: {
    progress: { to: "active", run: ["notify"] },
    done: { to: "over", run: ["stop", "notifyLast", "forget"] },
    expired: { to: "over", run: ["notifyLast", "forget"] },
    refused: { to: "over", run: ["stop", "forget"] },
    close: { to: "over", run: ["stop", "forget"] },
  },
  over: {},
} as const satisfies Table<TransferState, TransferEvent, TransferAction>;
