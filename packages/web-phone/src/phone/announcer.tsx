import { callStateWords } from "../core/call-words.ts";
import { callerText } from "../core/formatted.ts";
import { useModel } from "./model.ts";

/** Tells a screen reader each step of a call once; the visible text would tell each second. */
export function Announcer() {
  const { session, view } = useModel();
  const { call } = view.value;
  const who = call === undefined ? "" : (call.peer.name ?? callerText(call.peer.number, session.country));
  const words = call === undefined ? "" : `${callStateWords(call)} ${who}. ${call.reason ?? ""}`;
  return (
    <div class="for-reader" role="alert" aria-live="assertive">
      {words}
    </div>
  );
}
