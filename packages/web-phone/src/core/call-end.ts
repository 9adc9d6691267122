import { statusWords } from "./status-words.ts";

/** Why there is no microphone. */
export type MicrophoneProblem = "denied" | "missing" | "taken" | "insecure";

/** Why a call is over. `words` are the server's own. */
export type CallEnd =
  | { readonly kind: "here" }
  | { readonly kind: "hungUp"; readonly words?: string | undefined }
  | { readonly kind: "refused"; readonly status: number; readonly words?: string | undefined }
  | { readonly kind: "withdrawn"; readonly words?: string | undefined }
  | { readonly kind: "elsewhere" }
  | { readonly kind: "missed" }
  | { readonly kind: "microphone"; readonly problem: MicrophoneProblem }
  | { readonly kind: "noPath" }
  | { readonly kind: "pathLost" }
  | { readonly kind: "connection" }
  | { readonly kind: "internal" };

/** How far the call had come when it ended. */
export type CallStage = "dialling" | "offered" | "talking";

const hereWords: Readonly<Record<CallStage, string>> = {
  dialling: "You cancelled the call.",
  offered: "You declined the call.",
  talking: "You hung up.",
};

/** A sentence for each way of having no microphone. */
export const microphoneWords: Readonly<Record<MicrophoneProblem, string>> = {
  denied: "The microphone is blocked. Allow it for this page in your browser and try again.",
  missing: "No microphone was found. Connect one and try again.",
  taken: "The microphone cannot be used. Another program may be using it.",
  insecure: "The browser blocks the microphone on this page. Open it over https or from localhost.",
};

/** The sentence that a person reads when a call has ended. The server's words win over our own. */
export function endWords(end: CallEnd, stage: CallStage): string {
  switch (end.kind) {
    case "here":
      return hereWords[stage];
    case "hungUp":
      return end.words ?? "The other side hung up.";
    case "refused":
      return end.words ?? statusWords(end.status);
    case "withdrawn":
      return end.words ?? "The caller hung up.";
    case "elsewhere":
      return "Answered on another device.";
    case "missed":
      return "You did not answer.";
    case "microphone":
      return microphoneWords[end.problem];
    case "noPath":
      return "No network path for audio was found. Check this device's network or firewall.";
    case "pathLost":
      return "The network path for audio was lost.";
    case "connection":
      return "The connection to the server was lost.";
    case "internal":
      return "The call could not be set up in this browser.";
  }
}

/** What the other side is told of an end of ours that nobody wished. */
export function failureOf(end: CallEnd): string | undefined {
  if (end.kind === "noPath") return "No network path for audio was found";
  return end.kind === "pathLost" ? "The network path for audio was lost" : undefined;
}

/** Whether the end is something that went wrong, as opposed to somebody's wish. */
export function isFailure(end: CallEnd): boolean {
  return !["here", "hungUp", "withdrawn", "elsewhere", "missed"].includes(end.kind);
}
