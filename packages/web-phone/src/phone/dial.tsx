import { useEffect, useRef } from "preact/hooks";
import { readDialled } from "../core/dialled.ts";
import { readable } from "../core/formatted.ts";
import { Button } from "../ui/button.tsx";
import { dial, setDialText } from "./actions.ts";
import "./dial.css";
import { longestDialText, useModel } from "./model.ts";
import { Pad } from "./pad.tsx";

/** What is shown while nobody is on the line: the number, the pad, Call. */
export function Dial() {
  const model = useModel();
  const online = model.view.value.presence === "online";
  return (
    <div class="screen">
      <DialField />
      <Pad />
      <div class="actions">
        <Button look="good" icon="phone" testId="call-button" disabled={!online} onClick={() => dial(model)}>
          Call
        </Button>
      </div>
    </div>
  );
}

function DialField() {
  const model = useModel();
  const field = useRef<HTMLInputElement>(null);
  const text = model.dialText.value;
  useEffect(() => {
    if (matchMedia("(hover: hover)").matches) field.current?.focus();
  }, []);
  return (
    <div class="dial-field">
      <label class="for-reader" for="dial-input">
        Number to call
      </label>
      <div class="number">
        <input
          id="dial-input"
          ref={field}
          class={text.length > 15 ? "long" : undefined}
          data-testid="dial-input"
          type="tel"
          autocomplete="off"
          spellcheck={false}
          placeholder="Enter a number"
          maxLength={longestDialText}
          value={text}
          aria-describedby="dial-hint"
          aria-invalid={model.dialProblem.value !== undefined}
          onInput={(event) => setDialText(model, event.currentTarget.value)}
        />
        {text !== "" && (
          <Button look="quiet" icon="erase" round onClick={() => setDialText(model, text.slice(0, -1))}>
            Erase the last character
          </Button>
        )}
      </div>
      <DialHint />
    </div>
  );
}

function DialHint() {
  const { dialText, dialProblem, session } = useModel();
  if (dialProblem.value !== undefined) {
    return (
      <p id="dial-hint" class="hint problem" role="alert">
        {dialProblem.value}
      </p>
    );
  }
  return (
    <p id="dial-hint" class="hint">
      {hintFor(dialText.value, session.country)}
    </p>
  );
}

/** How the number is understood: written out, with its country. */
function hintFor(text: string, country: string): string {
  const dialled = readDialled(text);
  const number = dialled.ok ? readable(dialled.value, country) : undefined;
  if (number?.region === undefined) return "";
  return number.text === text ? number.region : `${number.text} · ${number.region}`;
}
