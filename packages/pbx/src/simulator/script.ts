import { type Source, tones } from "@trunkline/media-relay";

/** One thing that the far end of a dialled number does. */
export type Step =
  /** 183 with SDP: the caller hears `sound` before the answer. */
  | { readonly act: "early-media"; readonly sound: Source }
  | { readonly act: "wait"; readonly ms: number }
  /** 200; `sound` is what the answering side does with the audio. */
  | { readonly act: "answer"; readonly sound: Source }
  | { readonly act: "refuse"; readonly status: number; readonly reason?: string };

/** What a dialled number does, from the first step to the last; then it stays as it is until someone hangs up. */
export type Script = readonly Step[];

/** Ringing as a caller in the United States hears it: two seconds of 440 and 480 Hz, four of silence. */
export const ringback: Source = { kind: "tone", ...tones["ringback-us"] };

export const echo: Source = { kind: "echo" };

export const ring: Step = { act: "early-media", sound: ringback };
export const wait = (ms: number): Step => ({ act: "wait", ms });
export const answer = (sound: Source): Step => ({ act: "answer", sound });
export const refuse = (status: number, reason?: string): Step =>
  reason === undefined ? { act: "refuse", status } : { act: "refuse", status, reason };
