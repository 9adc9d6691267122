import type { SipMessage } from "../message/message.ts";
import type { Standing } from "./standing.ts";
import type { Flow } from "./transport.ts";

/** Sees every message that comes or goes, as bytes, with what became of it: the basis of trace, ladder and pcap. */
export interface WireObserver {
  onWire(event: WireEvent): void;
}

/** One message on the wire. `bytes` may be a view that the observer must copy to keep. */
export type WireEvent = {
  readonly atMs: number;
  readonly direction: "in" | "out";
  readonly flow: Flow;
  /** How well the flow's source was known then; absent where all are known alike. */
  readonly standing?: Standing;
  readonly bytes: Uint8Array;
  /** How many bytes of the message are not in `bytes`: of one that is not read only the head is shown. */
  readonly omittedBytes?: number;
  readonly outcome: "accepted" | "sent" | "failed" | `refused: ${string}`;
  /** The message, when it could be read. */
  readonly message?: SipMessage;
};
