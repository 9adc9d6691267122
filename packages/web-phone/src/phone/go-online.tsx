import { readable } from "../core/formatted.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { goOnline } from "./actions.ts";
import "./go-online.css";
import { useModel } from "./model.ts";

/** The first thing a person sees: one click, which also lets the page make sound. */
export function GoOnline() {
  const model = useModel();
  const { callerId, country } = model.session;
  return (
    <div class="screen go-online">
      <div class="portrait">
        <Icon name="phone" size={36} />
      </div>
      <h2>{readable(callerId, country).text}</h2>
      <p>This is your number. Go online to make and receive calls on this page.</p>
      <Button look="accent" testId="online-button" onClick={() => goOnline(model)}>
        Go online
      </Button>
      <p class="small">The browser asks for the microphone when you make or answer your first call.</p>
    </div>
  );
}
