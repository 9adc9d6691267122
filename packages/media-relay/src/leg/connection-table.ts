import type { Table } from "../kernel/table.ts";

export type ConnectionState = "waiting" | "live" | "lost" | "closed";
export type ConnectionEvent = "described" | "reachable" | "failed" | "overdue" | "expired" | "close";
export type ConnectionAction = "stop" | "startDeadline" | "askConsent" | "reportLive" | "reportLost";

/**
 * The way to one browser. `described`: both descriptions are in place. `reachable`: there are keys, and ICE chose a path or
 * another one. `failed`: the handshake did, or its thread ended; a connection that is up needs neither. `overdue`: no browser
 * came. `expired`: consent is lost (RFC 7675), and only ICE begun anew brings it back.
 */
export const connectionTable = {
  waiting: {
    described: { to: "waiting", run: ["stop", "startDeadline"] },
    reachable: { to: "live", run: ["stop", "askConsent", "reportLive"] },
    failed: { to: "lost", run: ["stop", "reportLost"] },
    overdue: { to: "lost", run: ["reportLost"] },
    close: { to: "closed", run: ["stop"] },
  },
  live: {
    reachable: { to: "live", run: ["stop", "askConsent"] },
    expired: { to: "lost", run: ["reportLost"] },
    close: { to: "closed", run: ["stop"] },
  },
  lost: {
    reachable: { to: "live", run: ["askConsent", "reportLive"] },
    close: { to: "closed", run: ["stop"] },
  },
  closed: {},
} as const satisfies Table<ConnectionState, ConnectionEvent, ConnectionAction>;
