import { type KeyMeaning, type KeyPlace, keyMeaning } from "../core/keyboard.ts";
import { clear, dial, isUp, setDialText } from "./actions.ts";
import type { PhoneModel } from "./model.ts";

/** Lets the keyboard and the clipboard work anywhere in the page. The returned function ends it. */
export function listenToKeyboard(page: Document, model: PhoneModel): () => void {
  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !hasPad(model)) return;
    const meaning = keyMeaning(event.key, placeOf(event.target), model.view.value.call?.state);
    if (meaning === undefined || (event.repeat && meaning.kind !== "type")) return;
    event.preventDefault();
    obey(model, meaning);
  };
  const onPaste = (event: ClipboardEvent): void => {
    const text = event.clipboardData?.getData("text") ?? "";
    if (text === "" || placeOf(event.target) === "field" || isUp(model.view.value.call) || !hasPad(model)) return;
    setDialText(model, text);
  };
  page.addEventListener("keydown", onKey);
  page.addEventListener("paste", onPaste);
  return () => {
    page.removeEventListener("keydown", onKey);
    page.removeEventListener("paste", onPaste);
  };
}

/** Whether a call or the dial field is what the person sees. */
const hasPad = ({ view, showsAccount, signedOut }: PhoneModel): boolean =>
  isUp(view.value.call) || !(showsAccount.value || signedOut.value);

function placeOf(target: EventTarget | null): KeyPlace {
  if (!(target instanceof Element)) return "page";
  if (target.closest("input, textarea, select") !== null) return "field";
  return target.closest("button, a, summary") === null ? "page" : "button";
}

function obey(model: PhoneModel, meaning: KeyMeaning): void {
  const { phone, dialText, view } = model;
  const deeds: Readonly<Record<KeyMeaning["kind"], (key: string) => void>> = {
    type: (character) => setDialText(model, dialText.value + character),
    press: (key) => phone.press(key),
    dial: () => dial(model),
    clear: () => clear(model),
    hangUp: () => phone.hangUp(),
    mute: () => phone.setMuted(!view.value.call?.muted),
  };
  deeds[meaning.kind]("key" in meaning ? meaning.key : "");
}
