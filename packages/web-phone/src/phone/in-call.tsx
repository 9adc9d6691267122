import type { CallView } from "../core/call-view.ts";
import { Button } from "../ui/button.tsx";
import { useModel } from "./model.ts";
import { Pad } from "./pad.tsx";
import { Party } from "./party.tsx";

/** A call that is being set up or talked in. */
export function InCall({ call }: { readonly call: CallView }) {
  const { phone } = useModel();
  return (
    <div class="screen">
      <Party call={call} />
      <p class="keys" aria-hidden="true">
        {call.keys}
      </p>
      <Pad />
      <div class={call.state === "talking" ? "actions three" : "actions"}>
        <Button
          icon={call.muted ? "muted" : "microphone"}
          testId="mute-button"
          pressed={call.muted}
          onClick={() => phone.setMuted(!call.muted)}
        >
          {call.muted ? "Muted" : "Mute"}
        </Button>
        {call.state === "talking" && (
          <Button icon="hold" testId="hold-button" pressed={call.held} onClick={() => phone.setHeld(!call.held)}>
            {call.held ? "Resume" : "Hold"}
          </Button>
        )}
        <Button look="danger" icon="hangUp" testId="hangup-button" onceOnly onClick={() => phone.hangUp()}>
          {call.state === "talking" ? "Hang up" : "Cancel"}
        </Button>
      </div>
    </div>
  );
}
