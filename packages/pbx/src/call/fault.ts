import { type Ending, ending } from "../kernel/ending.ts";

/** The relay's errors that say there is no room. */
const roomless = new Set(["MEDIA_NO_PORT", "MEDIA_LEGS_FULL", "MEDIA_SESSIONS_FULL"]);

/** What a failure of ours means for whatever was being set up: there was no room, or it is a mistake. */
export function faultOf(error: unknown): { readonly why: Ending; readonly isMistake: boolean } {
  const isMistake = !roomless.has((error as { code?: string }).code ?? "");
  return { why: ending(isMistake ? "failed" : "no-resources"), isMistake };
}
