import type { PresenceState } from "../core/presence-table.ts";
import { Icon } from "../ui/icon.tsx";
import "./notice.css";
import { useModel } from "./model.ts";

const words: Partial<Record<PresenceState, string>> = {
  reconnecting: "The server cannot be reached. Trying again…",
  refused: "The server does not let this page register. Trying again…",
};

/** What stands in the way of calls right now, if anything. */
export function Notice() {
  const { presence } = useModel().view.value;
  const text = words[presence];
  if (text === undefined) return null;
  return (
    <p class="notice" role="status">
      <Icon name="warning" size={20} />
      {text}
    </p>
  );
}
