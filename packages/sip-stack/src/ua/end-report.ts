import type { SipRequest } from "../message/message.ts";
import type { CallEnd, CallUser } from "./call.ts";

/** Tells the application once how its call ended, on a turn of its own. */
export class EndReport {
  #user: Pick<CallUser, "onEnded"> | undefined;
  #isReported = false;

  attach(user: Pick<CallUser, "onEnded">): void {
    this.#user = user;
  }

  report(end: CallEnd): void {
    if (this.#isReported) return;
    this.#isReported = true;
    queueMicrotask(() => {
      this.#user?.onEnded(end);
      this.#user = undefined;
    });
  }
}

/** The end that a request of the peer's brings. */
export function remoteEnd(cause: "bye" | "cancel", request: SipRequest): CallEnd {
  return { by: "remote", cause, request };
}
