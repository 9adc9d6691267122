import type { CallView } from "../core/call-view.ts";
import { longestDialText, type PhoneModel } from "./model.ts";

/** Replaces what stands in the dial field. */
export function setDialText(model: PhoneModel, text: string): void {
  model.dialText.value = text.replace(/\s+/g, " ").slice(0, longestDialText);
  model.dialProblem.value = undefined;
}

/** Calls what stands in the dial field, or says there why it cannot be called. */
export function dial(model: PhoneModel): void {
  const read = model.phone.dial(model.dialText.value);
  model.dialProblem.value = read.ok ? undefined : read.why;
  if (read.ok) model.dialText.value = "";
}

/** Calls the other party of an ended call once more. */
export function callAgain(model: PhoneModel, call: CallView): void {
  setDialText(model, call.peer.number);
  dial(model);
}

/** Empties the dial field; when it is empty, takes the ended call off the screen. */
export function clear(model: PhoneModel): void {
  if (model.dialText.value === "") model.phone.dismiss();
  setDialText(model, "");
}

/** A key of the pad: sent in a call, written into the dial field otherwise. */
export function pressKey(model: PhoneModel, key: string): void {
  if (isUp(model.view.value.call)) {
    model.phone.press(key);
    return;
  }
  model.sounds.key(key);
  setDialText(model, model.dialText.value + key);
}

export function goOnline(model: PhoneModel): void {
  model.sounds.unlock();
  model.phone.goOnline();
  model.remember(true);
}

export function goOffline(model: PhoneModel): void {
  model.phone.goOffline();
  model.remember(false);
}

/** Whether a call is there that has not ended. */
export function isUp(call: CallView | undefined): call is CallView {
  return call !== undefined && call.state !== "ended";
}
