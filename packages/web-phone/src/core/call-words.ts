import type { CallState } from "./call-table.ts";

/** Time in a call, as `0:12`, `12:05` or `1:02:03`. */
export function durationWords(elapsedMs: number): string {
  const seconds = Math.max(0, Math.floor(elapsedMs / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const tail = String(seconds % 60).padStart(2, "0");
  return hours === 0 ? `${minutes}:${tail}` : `${hours}:${String(minutes).padStart(2, "0")}:${tail}`;
}

const stateWords: Readonly<Record<CallState, string>> = {
  calling: "Calling…",
  ringing: "Ringing…",
  early: "Ringing…",
  incoming: "Incoming call",
  answering: "Connecting…",
  talking: "In call",
  ended: "Ended",
};

type Spoken = { readonly state: CallState; readonly held: boolean };

/** The state of a call in words, without its duration: this is what a screen reader announces. */
export const callStateWords = ({ state, held }: Spoken): string =>
  held && state === "talking" ? "On hold" : stateWords[state];

/** The state of a call in words, with the duration where there is one: `In call 0:12`. */
export function callWords(call: Spoken & { readonly elapsedMs: number | undefined }): string {
  const words = callStateWords(call);
  return call.state === "talking" ? `${words} ${durationWords(call.elapsedMs ?? 0)}` : words;
}
