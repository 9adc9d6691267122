import { browserSupportsWebAuthn, WebAuthnAbortService } from "@simplewebauthn/browser";
import { useEffect, useState } from "preact/hooks";
import { parsed } from "../kernel/parsed.ts";
import { Button } from "../ui/button.tsx";
import { Entrance, Problem } from "./entrance.tsx";
import { join, look, makePasskey, waysIn } from "./server.ts";
import { type PageRequest, useRequest } from "./use-request.ts";

type JoinPageProps = {
  readonly token: string;
  /** The browser is signed in, or the person wants to come in another way. */
  readonly onDone: (joined: boolean) => void;
};

/**
 * What a sign-in link opens: whom it is for. Only a click uses it up, so that programs which look at links before people do
 * cannot. Then a passkey is offered, for the next time.
 */
export function JoinPage({ token, onDone }: JoinPageProps) {
  const [name, setName] = useState<string>();
  const [offersPasskey, setOffersPasskey] = useState(false);
  const request = useRequest();
  const ask = (): void =>
    request.run(
      () => look(token),
      (guest) => setName(guest.name),
    );
  useEffect(ask, [token]);
  const enter = (): void =>
    request.run(
      () => joinAndAsk(token),
      (canOffer) => (canOffer ? setOffersPasskey(true) : onDone(true)),
    );
  if (offersPasskey) return <PasskeyOffer onDone={() => onDone(true)} />;
  const otherWay = <OtherWay request={request} onClick={() => onDone(false)} />;
  if (name === undefined) return <LinkPage request={request} ask={ask} otherWay={otherWay} />;
  return (
    <Entrance title={`Welcome, ${name}`}>
      <p>This link makes this browser your phone. It works once.</p>
      <Problem words={request.problem} />
      <Button look="accent" testId="join-button" disabled={request.busy} onClick={enter}>
        Use this browser as {name}
      </Button>
      {otherWay}
      <p class="small">Not {name}? Close this page, and the link still works for its owner.</p>
    </Entrance>
  );
}

/** Uses the link up. @returns whether a passkey can be offered */
async function joinAndAsk(token: string) {
  const joined = await join(token);
  if (!joined.ok) return joined;
  const ways = await waysIn();
  return parsed(ways.ok && ways.value.passkeys && browserSupportsWebAuthn());
}

/** There is always another way out of a link that does not work. */
function OtherWay({ request, onClick }: { readonly request: PageRequest; readonly onClick: () => void }) {
  if (request.problem === undefined) return null;
  return (
    <Button testId="other-way-button" onClick={onClick}>
      Sign in another way
    </Button>
  );
}

type LinkPageProps = {
  readonly request: PageRequest;
  readonly ask: () => void;
  readonly otherWay: preact.ComponentChildren;
};

function LinkPage({ request, ask, otherWay }: LinkPageProps) {
  if (request.problem === undefined) return <Entrance title="Checking your link…">{null}</Entrance>;
  return (
    <Entrance title="Your link could not be used">
      <Problem words={request.problem} />
      <Button testId="look-again-button" disabled={request.busy} onClick={ask}>
        Try again
      </Button>
      {otherWay}
    </Entrance>
  );
}

function PasskeyOffer({ onDone }: { readonly onDone: () => void }) {
  const request = useRequest();
  const leave = (): void => {
    WebAuthnAbortService.cancelCeremony();
    onDone();
  };
  return (
    <Entrance title="Sign in by touch next time?">
      <p>
        A passkey signs you in with your fingerprint, face or PIN after this session ends. There is nothing to remember.
      </p>
      <Problem words={request.problem} />
      <Button
        look="accent"
        testId="passkey-button"
        disabled={request.busy}
        onClick={() => request.run(makePasskey, onDone)}
      >
        Make a passkey
      </Button>
      <Button look="quiet" testId="later-button" onClick={leave}>
        Not now
      </Button>
    </Entrance>
  );
}
