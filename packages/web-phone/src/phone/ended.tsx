import type { CallView } from "../core/call-view.ts";
import { callWords, durationWords } from "../core/call-words.ts";
import { callerText } from "../core/formatted.ts";
import { Button } from "../ui/button.tsx";
import { callAgain } from "./actions.ts";
import "./ended.css";
import { useModel } from "./model.ts";

/** How the last call ended, above the dial field. */
export function Ended({ call }: { readonly call: CallView }) {
  const model = useModel();
  const { phone, session, view } = model;
  const withheld = call.peer.number === "" || !/\d/.test(call.peer.number);
  return (
    <section class={call.failed ? "ended failed" : "ended"} aria-label="Last call">
      <div class="ended-text">
        <p class="ended-head">
          <span class="ended-peer">
            {call.peer.name} <span data-testid="peer">{callerText(call.peer.number, session.country)}</span>
          </span>
          <span class="ended-state">
            <span data-testid="call-state">{callWords(call)}</span>
            {call.elapsedMs !== undefined && ` · ${durationWords(call.elapsedMs)}`}
          </span>
        </p>
        <p class="ended-reason" data-testid="call-reason">
          {call.reason}
        </p>
      </div>
      {!withheld && view.value.presence === "online" && (
        <Button look="quiet" icon="again" round testId="again-button" onClick={() => callAgain(model, call)}>
          Call again
        </Button>
      )}
      <Button look="quiet" icon="close" round testId="dismiss-button" onClick={() => phone.dismiss()}>
        Dismiss
      </Button>
    </section>
  );
}
