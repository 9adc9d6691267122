import type { MicrophoneProblem } from "../core/call-end.ts";

/** A microphone that is open, or why there is none. */
export type OpenMicrophone =
  | { readonly ok: true; readonly stream: MediaStream }
  | { readonly ok: false; readonly problem: MicrophoneProblem };

/** Where the person's voice comes from. */
export interface Microphone {
  /** Asks the browser, and through it the person. Never rejects. */
  open(): Promise<OpenMicrophone>;
}

/** `clean`: the browser removes echo and noise and evens the level; `raw`: it passes on what the microphone hears. */
export type VoiceProcessing = "clean" | "raw";

const problems = new Map<string, MicrophoneProblem>(
  Object.entries({
    NotAllowedError: "denied",
    SecurityError: "denied",
    NotFoundError: "missing",
    OverconstrainedError: "missing",
  }),
);

/** The browser's microphone. */
export function browserMicrophone(processing: VoiceProcessing): Microphone {
  const clean = processing === "clean";
  const audio = { echoCancellation: clean, noiseSuppression: clean, autoGainControl: clean };
  return {
    async open() {
      if (navigator.mediaDevices === undefined) return { ok: false, problem: "insecure" };
      try {
        return { ok: true, stream: await navigator.mediaDevices.getUserMedia({ audio, video: false }) };
      } catch (error) {
        return { ok: false, problem: problems.get((error as DOMException).name) ?? "taken" };
      }
    },
  };
}

/** Gives a microphone back, so that the browser stops showing that it listens. */
export function release(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
