import type { Table } from "../kernel/table.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";

/** `pending`: a reliable provisional of ours waits for its PRACK; what comes after it waits with it. */
export type ReliableState = "clear" | "pending" | "over";
export type ReliableEvent = "ring" | "prack" | "repeat" | "giveUp" | "close";
export type ReliableAction = "send" | "queue" | "resend" | "settle" | "sendNext" | "stop" | "reportMissing";

/** Reliable provisional responses of ours, RFC 3262 section 3: one at a time, repeated until its PRACK comes. */
export const reliableTable = {
  clear: { ring: { to: "pending", run: ["send"] }, close: { to: "over", run: [] } },
  pending: {
    ring: { to: "pending", run: ["queue"] },
    prack: { to: "clear", run: ["stop", "settle", "sendNext"] },
    repeat: { to: "pending", run: ["resend"] },
    giveUp: { to: "over", run: ["stop", "reportMissing"] },
    close: { to: "over", run: ["stop"] },
  },
  over: {},
} as const satisfies Table<ReliableState, ReliableEvent, ReliableAction>;

/** The value of RAck that acknowledges a response, RFC 3262 section 7.2. */
export function rackOf(rseq: number, response: SipResponse): string {
  return `${rseq} ${(response.headers.get("CSeq") ?? "").trim().replace(/\s+/, " ")}`;
}

/** Whether a PRACK acknowledges this response. */
export function acknowledges(prack: SipRequest, rseq: number, response: SipResponse): boolean {
  return (prack.headers.get("RAck") ?? "").trim().replace(/\s+/g, " ") === rackOf(rseq, response);
}

/** The number of a response that wants a PRACK; `undefined` where it is not sent reliably. */
export function rseqOf({ headers }: SipResponse): number | undefined {
  const isReliable = headers.all("Require").some((tag) => tag.toLowerCase() === "100rel");
  const rseq = headers.get("RSeq") ?? "";
  return isReliable && /^\d{1,10}$/.test(rseq) ? Number(rseq) : undefined;
}

/** Whether a request names 100rel in the header. */
export function names100rel({ headers }: SipRequest, header: "Supported" | "Require"): boolean {
  return headers.all(header).some((tag) => tag.toLowerCase() === "100rel");
}
