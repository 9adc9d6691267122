import type { Fate } from "./peer.ts";

/** What is to become of a message: `codes` are the answers that are right, empty where any answer to its meaning is. */
export type Expected = {
  readonly kind: "request" | "response";
  readonly handling: "accept" | "reject" | "discard" | "reject_or_liberal" | "accept_or_reject";
  readonly codes: readonly number[];
};

// Answers that say that a request was not understood, as against not wanted.
const notUnderstood = new Set([400, 405, 406, 413, 414, 415, 416, 420, 501, 505, 513]);

/** What is wrong with a message's fate; `undefined`: it is as expected. */
export function faultOf({ kind, handling, codes }: Expected, fate: Fate): string | undefined {
  if (fate.responses.length > 1) return `answered ${fate.responses.length} times`;
  const accepted = kind === "request" ? acceptFault(handling === "accept" ? codes : [], fate) : readFault(fate);
  const rejected = codes.includes(fate.status ?? 0) ? undefined : `answered ${fate.status ?? "nothing"}`;
  if (handling === "accept") return accepted;
  if (handling === "reject") return rejected;
  if (handling === "discard") return discardFault(fate);
  return accepted === undefined || rejected === undefined ? undefined : `${accepted}, ${rejected}`;
}

function acceptFault(codes: readonly number[], { status, read }: Fate): string | undefined {
  if (!read) return `not read, answered ${status ?? "nothing"}`;
  if (status === undefined) return "not answered";
  const isRight = codes.length > 0 ? codes.includes(status) : !notUnderstood.has(status);
  return isRight ? undefined : `answered ${status}`;
}

function readFault({ status, read }: Fate): string | undefined {
  if (status !== undefined) return `a response was answered ${status}`;
  return read ? undefined : "not read";
}

function discardFault({ status, refused }: Fate): string | undefined {
  if (status !== undefined) return `answered ${status}`;
  return Object.keys(refused).length === 1 ? undefined : "not counted";
}
