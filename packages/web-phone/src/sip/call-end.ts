import type { CallEnd } from "../core/call-end.ts";
import { readServerWords } from "../core/server-words.ts";

/** What JsSIP tells when a session is over, as far as it matters here. */
export type SessionEnd = {
  readonly originator: string;
  readonly cause: string;
  readonly message:
    | { readonly method?: string; readonly status_code?: number; getHeaders(name: string): string[] }
    | null
    | undefined;
};

const lostConnection = new Set(["Connection Error", "Request Timeout"]);
const notAnswered = new Set(["No Answer", "Expires"]);
/** How JsSIP names its own ending of a session whose ICE failed, in each of a session's states. */
const byItself = new Set(["RTP Timeout", "Canceled", "Rejected"]);

/** Turns JsSIP's end of a session that we did not end into ours. */
export function callEndOf(end: SessionEnd): CallEnd {
  if (end.message) return messageEnd(end.message);
  if (lostConnection.has(end.cause)) return { kind: "connection" };
  if (notAnswered.has(end.cause)) return { kind: "missed" };
  if (end.originator === "local" && byItself.has(end.cause)) return { kind: "noPath" };
  return { kind: "internal" };
}

function messageEnd(message: NonNullable<SessionEnd["message"]>): CallEnd {
  const { status, words } = readServerWords(message.getHeaders("Reason"), message.getHeaders("Warning"));
  if (message.status_code !== undefined) return responseEnd(message.status_code, words);
  if (message.method !== "CANCEL") return { kind: "hungUp", words };
  return status === 200 ? { kind: "elsewhere" } : { kind: "withdrawn", words };
}

function responseEnd(status: number, words: string | undefined): CallEnd {
  return status < 300 ? { kind: "internal" } : { kind: "refused", status, words };
}
