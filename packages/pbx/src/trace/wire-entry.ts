import type { WireEvent } from "@trunkline/sip-stack";

/** One message on the wire, as little of it as is needed to show all of it again. */
export type WireEntry = Pick<WireEvent, "atMs" | "direction" | "outcome" | "bytes"> & {
  /** Its place in the order of all messages. */
  readonly number: number;
  /** Wall time in ms since 1970. */
  readonly wallMs: number;
  readonly transport: WireEvent["flow"]["transport"];
  readonly local: string;
  readonly remote: string;
  /** Of the peer's dialog; empty for what could not be read. */
  readonly sipCallId: string;
  /** How many bytes of the message are not kept. */
  readonly omittedBytes: number;
};
