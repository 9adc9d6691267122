import { useRef } from "preact/hooks";
import { isUp, pressKey } from "./actions.ts";
import { useModel } from "./model.ts";
import "./pad.css";

const keys: readonly (readonly [key: string, letters: string, name: string])[] = [
  ["1", "", "1"],
  ["2", "ABC", "2"],
  ["3", "DEF", "3"],
  ["4", "GHI", "4"],
  ["5", "JKL", "5"],
  ["6", "MNO", "6"],
  ["7", "PQRS", "7"],
  ["8", "TUV", "8"],
  ["9", "WXYZ", "9"],
  ["*", "", "star"],
  ["0", "+", "0"],
  ["#", "", "hash"],
];

/** How long 0 is held to become +, in milliseconds. */
const holdMs = 500;

/** The twelve keys: they write a number, and in a call they are sent to the far end. */
export function Pad() {
  const { view } = useModel();
  const { call } = view.value;
  const resting = isUp(call) && call.state !== "talking";
  return (
    <fieldset class="pad" disabled={resting}>
      <legend class="for-reader">Keypad</legend>
      {keys.map(([key, letters, name]) => (
        <Key key={key} digit={key} letters={letters} name={name} />
      ))}
    </fieldset>
  );
}

/** A click leaves the keyboard where it was, so that Enter still dials. */
const keepFocus = (event: Event): void => event.preventDefault();

type KeyProps = { readonly digit: string; readonly letters: string; readonly name: string };

function Key({ digit, letters, name }: KeyProps) {
  const model = useModel();
  const hold = useRef<{ cancel: () => void; done: boolean }>({ cancel: () => {}, done: false });
  const down = () => {
    hold.current = { cancel: () => {}, done: false };
    if (digit !== "0" || isUp(model.view.value.call)) return;
    hold.current.cancel = model.clock.after(holdMs, () => {
      hold.current.done = true;
      pressKey(model, "+");
    });
  };
  const click = () => {
    hold.current.cancel();
    if (!hold.current.done) pressKey(model, digit);
    hold.current.done = false;
  };
  return (
    <button
      type="button"
      class="key"
      data-testid={`pad-key-${name}`}
      aria-label={name}
      onMouseDown={keepFocus}
      onPointerDown={down}
      onPointerLeave={() => hold.current.cancel()}
      onClick={click}
    >
      <span class="digit">{digit === "*" ? "∗" : digit}</span>
      <span class="letters">{letters}</span>
    </button>
  );
}
