import type { Address, SipMessage } from "../../src/index.ts";

/** One datagram as the ladder shows it. */
export type Rung = {
  readonly atMs: number;
  readonly from: Address;
  readonly to: Address;
  readonly message: SipMessage | undefined;
  readonly lost: boolean;
};

const width = 44;

/** Draws what was sent, one line each: the two ends in the order of their addresses, an arrow with the message between. */
export function drawLadder(rungs: readonly Rung[]): string {
  return rungs.map(row).join("\n");
}

function row({ atMs, from, to, message, lost }: Rung): string {
  const isRightward = from.address < to.address;
  const [left, right] = isRightward ? [from, to] : [to, from];
  const text = ` ${labelOf(message)} `.slice(0, width - 4);
  const line = text.padStart(Math.ceil((width + text.length) / 2), "-").padEnd(width, "-");
  const arrow = isRightward ? `${line}>` : `<${line}`;
  const seconds = (atMs / 1000).toFixed(3).padStart(9);
  return `${seconds}  ${left.address.padEnd(9)} ${arrow} ${right.address}${lost ? "  (lost)" : ""}`;
}

function labelOf(message: SipMessage | undefined): string {
  if (message === undefined) return "unreadable";
  const cseq = message.headers.get("CSeq") ?? "";
  const what = message.kind === "request" ? `${message.method} ${cseq.split(" ")[0]}` : `${message.status} ${cseq}`;
  return message.body.length > 0 ? `${what} (body)` : what;
}
