import type { IncomingCall, Reach } from "@trunkline/sip-stack";
import type { CallId } from "../domain/names.ts";
import type { Party } from "../domain/party.ts";

/** What a call is from the start. */
export type CallSetup = {
  readonly id: CallId;
  readonly direction: "inbound" | "outbound" | "internal";
  readonly from: Party;
  /** Whom it is for: a number. */
  readonly to: string;
  readonly incoming: IncomingCall;
  readonly contactUser?: string;
  readonly reach?: Reach;
  readonly ringSeconds: number;
};
