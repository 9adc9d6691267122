import type { PresenceState } from "../core/presence-table.ts";
import { Icon } from "../ui/icon.tsx";
import "./notice.css";
import { useModel } from "./model.ts";

const words: Partial<Record<PresenceState, string>> = {
  reconnecting: "No connection to the server. Trying again…",
  refused: "The server refuses this phone. Trying again…",
};

/** What stands in the way of calls right now, if anything. */
export function Notice() {
  const { audible, view } = useModel();
  const { presence } = view.value;
  if (presence === "online" && !audible.value) return <Line text="Click anywhere so that this page can ring." />;
  const text = words[presence];
  return text === undefined ? null : <Line text={text} />;
}

function Line({ text }: { readonly text: string }) {
  return (
    <p class="notice" role="status">
      <Icon name="warning" size={20} />
      {text}
    </p>
  );
}
