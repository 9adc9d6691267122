import type { CallEnd, SipResponse } from "@trunkline/sip-stack";
import { unreachable } from "../kernel/table.ts";

/** What became of a call of the telephone network to the PBX: its SIP status and a sentence. */
export type SimulatedCall = {
  readonly id: string;
  readonly outcome: "answered" | "refused" | "failed";
  readonly status: number;
  readonly words: string;
};

export const answered = (id: string): SimulatedCall => ({ id, outcome: "answered", status: 200, words: "Answered." });

export const failed = (id: string, status: number, words: string): SimulatedCall => ({
  id,
  outcome: "failed",
  status,
  words,
});

/** What an ending says about a call that nobody had answered. */
export function outcomeOf(id: string, end: CallEnd): SimulatedCall {
  switch (end.by) {
    case "local":
      return failed(id, 487, "The caller hung up before anyone answered.");
    case "failure":
      return failed(id, end.error.status, end.error.message);
    case "remote":
      return end.cause === "rejected"
        ? refused(id, end.response)
        : failed(id, 500, "The call was ended before it was answered.");
    default:
      return unreachable(end);
  }
}

function refused(id: string, response: SipResponse): SimulatedCall {
  return { id, outcome: "refused", status: response.status, words: reasonText(response) ?? response.reason };
}

/** The words of the first Reason that has some, RFC 3326 section 2. */
function reasonText({ headers }: SipResponse): string | undefined {
  for (const reason of headers.all("Reason")) {
    const text = /;\s*text\s*=\s*"((?:[^"\\]|\\.)*)"/i.exec(reason)?.[1];
    if (text !== undefined) return text.replaceAll(/\\(.)/g, "$1");
  }
  return undefined;
}
