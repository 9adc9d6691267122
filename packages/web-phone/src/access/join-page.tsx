import { browserSupportsWebAuthn } from "@simplewebauthn/browser";
import { useEffect, useState } from "preact/hooks";
import { Button } from "../ui/button.tsx";
import { Entrance, Problem } from "./entrance.tsx";
import { join, look, makePasskey, waysIn } from "./server.ts";
import { useErrand } from "./use-errand.ts";

type JoinPageProps = {
  readonly token: string;
  /** The browser is signed in, or the person wants to come in another way. */
  readonly onDone: () => void;
};

/**
 * What a sign-in link opens: whom it is for. Only a click uses it up, so that programs which look at links before people do
 * cannot. Then a passkey is offered, for the next time.
 */
export function JoinPage({ token, onDone }: JoinPageProps) {
  const [name, setName] = useState<string>();
  const [offersPasskey, setOffersPasskey] = useState(false);
  const errand = useErrand();
  useEffect(
    () =>
      errand.run(
        () => look(token),
        (guest) => setName(guest.name),
      ),
    [token],
  );
  const joined = async (): Promise<void> => {
    const ways = await waysIn();
    if (ways.ok && ways.value.passkeys && browserSupportsWebAuthn()) setOffersPasskey(true);
    else onDone();
  };
  if (offersPasskey) return <PasskeyOffer onDone={onDone} />;
  if (name === undefined) return <LinkPage problem={errand.problem} onDone={onDone} />;
  return (
    <Entrance title={`Welcome, ${name}`}>
      <p>This link makes this browser your phone. It works once.</p>
      <Problem words={errand.problem} />
      <Button
        look="accent"
        testId="join-button"
        disabled={errand.busy}
        onClick={() =>
          errand.run(
            () => join(token),
            () => void joined(),
          )
        }
      >
        Use this browser as {name}
      </Button>
      <p class="small">Not {name}? Close this page, and the link still works for its owner.</p>
    </Entrance>
  );
}

function LinkPage({ problem, onDone }: { readonly problem: string | undefined; readonly onDone: () => void }) {
  if (problem === undefined) return <Entrance title="Trunkline">Looking at your link…</Entrance>;
  return (
    <Entrance title="This link does not work">
      <Problem words={problem} />
      <Button testId="other-way-button" onClick={onDone}>
        Sign in another way
      </Button>
    </Entrance>
  );
}

function PasskeyOffer({ onDone }: { readonly onDone: () => void }) {
  const errand = useErrand();
  return (
    <Entrance title="Sign in by touch next time?">
      <p>A passkey lets you in with your finger, face or PIN when this session is over. Nothing to remember.</p>
      <Problem words={errand.problem} />
      <Button
        look="accent"
        testId="passkey-button"
        disabled={errand.busy}
        onClick={() => errand.run(makePasskey, onDone)}
      >
        Make a passkey
      </Button>
      <Button look="quiet" testId="later-button" onClick={onDone}>
        Not now
      </Button>
    </Entrance>
  );
}
