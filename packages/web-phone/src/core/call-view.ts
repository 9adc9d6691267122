import type { CallStage } from "./call-end.ts";
import type { CallState } from "./call-table.ts";
import type { Caller, SoundPath } from "./transport.ts";

/** What the page shows of one call. `elapsedMs` counts from the answer; `reason` says why it ended. */
export type CallView = {
  readonly direction: "outgoing" | "incoming";
  readonly peer: Caller;
  readonly state: CallState;
  readonly muted: boolean;
  /** The other side is on hold. */
  readonly held: boolean;
  readonly keys: string;
  readonly sound: SoundPath | undefined;
  readonly elapsedMs: number | undefined;
  readonly reason: string | undefined;
  readonly failed: boolean;
};

/** The view of a call that has just begun. */
export function freshView(direction: CallView["direction"], peer: Caller): CallView {
  return {
    direction,
    peer,
    state: direction === "outgoing" ? "calling" : "incoming",
    muted: false,
    held: false,
    keys: "",
    sound: undefined,
    elapsedMs: undefined,
    reason: undefined,
    failed: false,
  };
}

/** How far a call in this state has come. */
export function stageOf(state: CallState): CallStage {
  if (state === "talking") return "talking";
  return state === "incoming" || state === "answering" ? "offered" : "dialling";
}
