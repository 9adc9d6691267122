import type { CallState } from "./call-table.ts";

/** What a key on the keyboard means for the phone. */
export type KeyMeaning =
  | { readonly kind: "type" | "press"; readonly key: string }
  | { readonly kind: "dial" | "clear" | "hangUp" | "mute" };

/** Where the key was pressed: whether in a text field, or on a button (which has its own use for Enter). */
export type KeyPlace = "field" | "button" | "page";

/**
 * Reads one key: digits type into the dial field or go to the far end in a call, Enter dials, Escape clears or hangs
 * up, `m` mutes. `undefined` leaves the key to the browser.
 */
export function keyMeaning(key: string, place: KeyPlace, call: CallState | undefined): KeyMeaning | undefined {
  const state = call ?? "ended";
  if (key === "Escape") return { kind: state === "ended" ? "clear" : "hangUp" };
  if (state === "talking") return talkingKey(key, place);
  if (state !== "ended") return undefined;
  if (key === "Enter" && place !== "button") return { kind: "dial" };
  return place !== "field" && /^[0-9*#+]$/.test(key) ? { kind: "type", key } : undefined;
}

function talkingKey(key: string, place: KeyPlace): KeyMeaning | undefined {
  if (place === "field") return undefined;
  if (/^[0-9*#]$/.test(key)) return { kind: "press", key };
  return key === "m" || key === "M" ? { kind: "mute" } : undefined;
}
