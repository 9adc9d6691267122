import { presenceWords } from "../core/presence-table.ts";
import { Button } from "../ui/button.tsx";
import { Mark } from "../ui/icon.tsx";
import { goOffline, isUp } from "./actions.ts";
import "./header.css";
import { useModel } from "./model.ts";

/** The product, and whether this page can be called. */
export function Header() {
  const model = useModel();
  const { session, showsAccount, signedOut, view } = model;
  const { call, presence } = view.value;
  return (
    <header class="header">
      <Mark size={30} />
      <h1>Trunkline</h1>
      <p class={`presence ${presence}`}>
        <span class="lamp" aria-hidden="true" />
        <span data-testid="status" role="status">
          {presenceWords[presence]}
        </span>
      </p>
      {session.signedIn && !signedOut.value && (
        <Button
          look="quiet"
          icon="person"
          round
          testId="account-button"
          pressed={showsAccount.value}
          disabled={isUp(call)}
          onClick={() => {
            showsAccount.value = !showsAccount.value;
          }}
        >
          Your devices
        </Button>
      )}
      {presence !== "offline" && (
        <Button look="quiet" icon="power" round testId="offline-button" onClick={() => goOffline(model)}>
          Go offline
        </Button>
      )}
    </header>
  );
}
