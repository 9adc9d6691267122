import type { CallView } from "../core/call-view.ts";
import { Button } from "../ui/button.tsx";
import "./incoming.css";
import { useModel } from "./model.ts";
import { Party } from "./party.tsx";

/** A call that rings here. */
export function Incoming({ call }: { readonly call: CallView }) {
  const { phone } = useModel();
  return (
    <div class="screen">
      <Party call={call} />
      <div class="actions">
        <Button look="danger" icon="hangUp" testId="decline-button" onClick={() => phone.hangUp()}>
          Decline
        </Button>
        <Button
          look="good"
          icon="phone"
          testId="answer-button"
          disabled={call.state !== "incoming"}
          onClick={() => phone.answer()}
        >
          Answer
        </Button>
      </div>
    </div>
  );
}
