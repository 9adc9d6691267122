import { type Announcement, type Source, tones } from "@trunkline/media-relay";
import type { Direction } from "@trunkline/sip-stack/sdp";

/** One thing that the far end of a dialled number does. */
export type Step =
  /** 183 with SDP: the caller hears `sound` before the answer. */
  | { readonly act: "early-media"; readonly sound: Source }
  | { readonly act: "wait"; readonly ms: number }
  /** 200; `sound` is what the answering side does with the audio, silence without one. */
  | { readonly act: "answer"; readonly sound?: Source }
  | { readonly act: "refuse"; readonly status: number; readonly reason?: string }
  /** A re-INVITE in the call: the same again as a session refresh, a hold or a resume. */
  | { readonly act: "reoffer"; readonly direction: Direction }
  /** From now on every digit that comes as an event goes back as the tones of its key. */
  | { readonly act: "repeat-digits" }
  | { readonly act: "hang-up" };

/** What a dialled number does, from the first step to the last; then it stays as it is until someone hangs up. */
export type Script = readonly Step[];

/** Ringing as a caller in the United States hears it: two seconds of 440 and 480 Hz, four of silence. */
export const ringback: Source = { kind: "tone", ...tones["ringback-us"] };

export const echo: Source = { kind: "echo" };

/** A recording, once. */
export const play = (announcement: Announcement): Source => ({ kind: "player", announcement });

export const ring: Step = { act: "early-media", sound: ringback };
export const wait = (ms: number): Step => ({ act: "wait", ms });
export const answer = (sound: Source): Step => ({ act: "answer", sound });
export const answerSilently: Step = { act: "answer" };
export const reoffer = (direction: Direction): Step => ({ act: "reoffer", direction });
export const repeatDigits: Step = { act: "repeat-digits" };
export const hangUp: Step = { act: "hang-up" };
export const earlyMedia = (sound: Source): Step => ({ act: "early-media", sound });
export const refuse = (status: number, reason?: string): Step =>
  reason === undefined ? { act: "refuse", status } : { act: "refuse", status, reason };
