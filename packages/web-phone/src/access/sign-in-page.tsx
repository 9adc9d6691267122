import { browserSupportsWebAuthn } from "@simplewebauthn/browser";
import { useEffect, useState } from "preact/hooks";
import type { WaysIn } from "../core/access.ts";
import { Button } from "../ui/button.tsx";
import { Entrance, Problem } from "./entrance.tsx";
import { signInWithPasskey, waysIn } from "./server.ts";
import { useRequest } from "./use-request.ts";

type SignInPageProps = {
  /** Why the last attempt failed, if there was one. */
  readonly problem: string | undefined;
  readonly onDone: () => void;
};

/** How a person comes in who is not signed in. */
export function SignInPage({ problem, onDone }: SignInPageProps) {
  const [ways, setWays] = useState<WaysIn>();
  const asked = useRequest();
  const request = useRequest(problem);
  const ask = (): void => asked.run(waysIn, setWays);
  useEffect(ask, []);
  const byPasskey = ways?.passkeys === true && browserSupportsWebAuthn();
  return (
    <Entrance title="You are not signed in">
      <p data-testid="status" role="status">
        Open a sign-in link, or come in the way you did before.
      </p>
      <Problem words={request.problem ?? asked.problem} />
      {ways === undefined && asked.problem !== undefined && (
        <Button testId="ask-again-button" onClick={ask}>
          Try again
        </Button>
      )}
      {byPasskey && (
        <Button
          look="accent"
          testId="passkey-sign-in-button"
          disabled={request.busy}
          onClick={() => request.run(signInWithPasskey, onDone)}
        >
          Sign in with a passkey
        </Button>
      )}
      {ways?.oidc !== undefined && (
        <a class={byPasskey ? "button plain" : "button accent"} data-testid="oidc-link" href="/api/oidc/begin">
          Sign in with {ways.oidc}
        </a>
      )}
      <p class="small">
        New here, or on a new device? Ask whoever runs this phone for a link, or make one on a device of yours that is
        signed in.
      </p>
    </Entrance>
  );
}
