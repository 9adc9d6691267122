import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import "./go-online.css";

/** What is left of a phone whose person was signed out, here or from elsewhere. */
export function SignedOut() {
  return (
    <div class="screen go-online">
      <div class="portrait">
        <Icon name="person" size={36} />
      </div>
      <h2>You were signed out</h2>
      <p data-testid="signed-out" role="status">
        This browser can make and take no calls until you sign in again.
      </p>
      <Button look="accent" testId="sign-in-again-button" onClick={() => location.reload()}>
        Sign in
      </Button>
    </div>
  );
}
