import type { CallView } from "../core/call-view.ts";
import { callWords } from "../core/call-words.ts";
import { callerText, readable } from "../core/formatted.ts";
import { Icon } from "../ui/icon.tsx";
import { useModel } from "./model.ts";
import "./party.css";

/** Who is on the other side, and how far the call is. */
export function Party({ call }: { readonly call: CallView }) {
  const { session } = useModel();
  const text = callerText(call.peer.number, session.country);
  const { region } = readable(call.peer.number, session.country);
  return (
    <div class={`party is-${call.state}`}>
      <div class="portrait">
        <Icon name={call.direction === "incoming" ? "phone" : "person"} size={34} />
      </div>
      {call.peer.name !== undefined && <p class="party-name">{call.peer.name}</p>}
      <p class={call.peer.name === undefined ? "party-number" : "party-number small"} data-testid="peer">
        {text}
      </p>
      <p class="party-region">{region}</p>
      <p class="party-state" data-testid="call-state">
        {callWords(call)}
      </p>
      {call.sound === "interrupted" && <p class="sound-note">The audio is interrupted. Reconnecting…</p>}
    </div>
  );
}
