import type { Table } from "../kernel/table.ts";

/**
 * One call as its user sees it. `ringing` is a far phone that rings in silence, so the page plays a tone of its own;
 * `early` is a network that sends its own sound before anyone answers.
 */
export type CallState = "calling" | "ringing" | "early" | "incoming" | "answering" | "talking" | "ended";
export type CallEvent = "ring" | "earlySound" | "accepted" | "answer" | "hangUp" | "finished" | "soundFailed";
export type CallAction = "ringback" | "quiet" | "takeCall" | "decline" | "close" | "awaitSound" | "count" | "settle";

/** The call, as a table. */
export const callTable = {
  calling: {
    ring: { to: "ringing", run: ["ringback"] },
    earlySound: { to: "early", run: ["awaitSound"] },
    accepted: { to: "talking", run: ["awaitSound", "count"] },
    hangUp: { to: "ended", run: ["close", "settle"] },
    finished: { to: "ended", run: ["settle"] },
    soundFailed: { to: "ended", run: ["close", "settle"] },
  },
  ringing: {
    earlySound: { to: "early", run: ["quiet", "awaitSound"] },
    accepted: { to: "talking", run: ["quiet", "awaitSound", "count"] },
    hangUp: { to: "ended", run: ["quiet", "close", "settle"] },
    finished: { to: "ended", run: ["quiet", "settle"] },
    soundFailed: { to: "ended", run: ["quiet", "close", "settle"] },
  },
  early: {
    accepted: { to: "talking", run: ["awaitSound", "count"] },
    hangUp: { to: "ended", run: ["close", "settle"] },
    finished: { to: "ended", run: ["settle"] },
    soundFailed: { to: "ended", run: ["close", "settle"] },
  },
  incoming: {
    answer: { to: "answering", run: ["quiet", "takeCall"] },
    hangUp: { to: "ended", run: ["quiet", "decline", "settle"] },
    finished: { to: "ended", run: ["quiet", "settle"] },
  },
  answering: {
    accepted: { to: "talking", run: ["awaitSound", "count"] },
    hangUp: { to: "ended", run: ["decline", "settle"] },
    finished: { to: "ended", run: ["settle"] },
    soundFailed: { to: "ended", run: ["close", "settle"] },
  },
  talking: {
    hangUp: { to: "ended", run: ["close", "settle"] },
    finished: { to: "ended", run: ["settle"] },
    soundFailed: { to: "ended", run: ["close", "settle"] },
  },
  ended: {},
} as const satisfies Table<CallState, CallEvent, CallAction>;
