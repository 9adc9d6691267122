import type { WireEvent } from "@trunkline/sip-stack";

/** One leg as the ladder shows it. */
export type LadderLeg = { readonly id: string; readonly party: string; readonly sipCallId: string };

/** What the ladder shows of a message on the wire. */
export type LadderEvent = Pick<WireEvent, "atMs" | "direction" | "outcome" | "message"> & {
  /** Where the message cannot be read again. */
  readonly sipCallId?: string;
};

const columnWidth = 34;
const timeWidth = 9;

/**
 * Draws the messages of a call as text: time, then a column for the caller's leg and one for each target's, between
 * them Trunkline itself.
 * @param events the legs' messages in order
 */
export function drawLadder(legs: readonly LadderLeg[], events: readonly LadderEvent[]): string {
  const startMs = events[0]?.atMs ?? 0;
  const lines = events.map((event) => row(event, legs, startMs));
  return [heading(legs), ...lines].join("\n");
}

function heading(legs: readonly LadderLeg[]): string {
  const names = legs.map(({ id, party }) => `${id}: ${party}`.slice(0, columnWidth - 2).padEnd(columnWidth));
  return `${"seconds".padEnd(timeWidth)} ${names[0] ?? ""}${"Trunkline".padEnd(14)}${names.slice(1).join("")}`.trimEnd();
}

function row(event: LadderEvent, legs: readonly LadderLeg[], startMs: number): string {
  const column = Math.max(
    0,
    legs.findIndex(({ sipCallId }) => sipCallId === (event.message?.headers.get("Call-ID") ?? event.sipCallId)),
  );
  const seconds = ((event.atMs - startMs) / 1000).toFixed(3).padStart(timeWidth);
  const arrow = drawArrow(labelOf(event), column === 0 ? event.direction === "in" : event.direction === "out");
  const indent = column === 0 ? "" : " ".repeat(columnWidth + 14 + (column - 1) * columnWidth);
  const outcome = event.outcome === "sent" || event.outcome === "accepted" ? "" : `  (${event.outcome})`;
  return `${seconds} ${indent}${arrow}${outcome}`;
}

function drawArrow(label: string, rightward: boolean): string {
  const text = ` ${label.slice(0, columnWidth - 8)} `;
  const line = text.padStart(Math.ceil((columnWidth - 2 + text.length) / 2) - 1, "-").padEnd(columnWidth - 4, "-");
  return rightward ? `${line}>` : `<${line}`;
}

function labelOf({ message }: LadderEvent): string {
  if (message === undefined) return "unreadable";
  const body =
    message.body.length > 0 && message.headers.get("Content-Type")?.startsWith("application/sdp") ? " (SDP)" : "";
  if (message.kind === "request") return `${message.method}${body}`;
  const method = message.headers.get("CSeq")?.split(/\s+/)[1] ?? "";
  return `${message.status} ${message.reason} ${method}${body}`.replace(/\s+/g, " ");
}
