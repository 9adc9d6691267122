import { useEffect, useLayoutEffect } from "preact/hooks";
import { Account } from "../access/account.tsx";
import { callerText, readable } from "../core/formatted.ts";
import { isUp } from "./actions.ts";
import { Announcer } from "./announcer.tsx";
import { Dial } from "./dial.tsx";
import { Ended } from "./ended.tsx";
import { GoOnline } from "./go-online.tsx";
import { Header } from "./header.tsx";
import { InCall } from "./in-call.tsx";
import { Incoming } from "./incoming.tsx";
import { listenToKeyboard } from "./keyboard.ts";
import { ModelProvider, type PhoneModel, useModel } from "./model.ts";
import { Notice } from "./notice.tsx";
import "./phone-page.css";
import { SignedOut } from "./signed-out.tsx";
import { TryNumbers } from "./try-numbers.tsx";

/** The phone of one signed-in user. */
export function PhonePage({ model }: { readonly model: PhoneModel }) {
  useEffect(() => listenToKeyboard(document, model), [model]);
  return (
    <ModelProvider value={model}>
      <div class="page">
        <main class="card">
          <Header />
          <Notice />
          <Screen />
          <OwnNumber />
          <Announcer />
        </main>
        {model.session.mode === "loopback" && <TryNumbers />}
      </div>
    </ModelProvider>
  );
}

function Screen() {
  const { session, view } = useModel();
  const { call } = view.value;
  useLayoutEffect(() => {
    const ringing = call?.state === "incoming";
    document.title = ringing ? `${callerText(call.peer.number, session.country)} is calling` : "Trunkline";
  }, [call?.state]);
  if (isUp(call))
    return call.state === "incoming" || call.state === "answering" ? <Incoming call={call} /> : <InCall call={call} />;
  return (
    <>
      {call !== undefined && <Ended call={call} />}
      <Idle />
    </>
  );
}

/** What is shown while there is no call. */
function Idle() {
  const { session, view, signedOut, showsAccount, phone } = useModel();
  if (signedOut.value) return <SignedOut />;
  if (showsAccount.value) {
    const leave = (): void => {
      phone.goOffline();
      location.reload();
    };
    return <Account name={session.name} passkeys={session.passkeys} onSignedOut={leave} />;
  }
  return view.value.presence === "offline" ? <GoOnline /> : <Dial />;
}

function OwnNumber() {
  const { session, view } = useModel();
  if (view.value.presence === "offline") return null;
  return (
    <p class="own-number">
      Your number <span>{readable(session.callerId, session.country).text}</span>
    </p>
  );
}
