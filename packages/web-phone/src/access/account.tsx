import { browserSupportsWebAuthn } from "@simplewebauthn/browser";
import { useEffect, useRef, useState } from "preact/hooks";
import type { DeviceLink, Devices } from "../core/access.ts";
import { Button } from "../ui/button.tsx";
import "./account.css";
import { Problem } from "./entrance.tsx";
import { QrCode } from "./qr-code.tsx";
import { devices, makeLink, makePasskey, revoke, signOut } from "./server.ts";
import { type PageRequest, useRequest } from "./use-request.ts";

type AccountProps = {
  readonly name: string;
  /** Whether passkeys can be made at this address. */
  readonly passkeys: boolean;
  readonly onSignedOut: () => void;
};

/** The person's browsers and passkeys: one more, one less, out. */
export function Account({ name, passkeys, onSignedOut }: AccountProps) {
  const [own, setOwn] = useState<Devices>();
  const request = useRequest();
  const show = (): void => request.run(devices, setOwn);
  useEffect(show, []);
  const change = (task: typeof signOut) =>
    request.run(async () => {
      const done = await task();
      return done.ok ? devices() : done;
    }, setOwn);
  return (
    <section class="account" aria-label="Your devices">
      <div class="account-head">
        <h2>{name}</h2>
        <Button testId="sign-out-button" disabled={request.busy} onClick={() => request.run(signOut, onSignedOut)}>
          Sign out
        </Button>
      </div>
      <Problem words={request.problem} />
      {own !== undefined && <SessionList own={own} request={request} change={change} />}
      <NewDevice request={request} />
      {own !== undefined && own.passkeys.length > 0 && <PasskeyList own={own} request={request} change={change} />}
      {passkeys && browserSupportsWebAuthn() && (
        <Button testId="make-passkey-button" disabled={request.busy} onClick={() => change(makePasskey)}>
          Make a passkey on this device
        </Button>
      )}
    </section>
  );
}

type ListProps = {
  readonly own: Devices;
  readonly request: PageRequest;
  readonly change: (task: typeof signOut) => void;
};

function SessionList({ own: { sessions, current }, request, change }: ListProps) {
  return (
    <ul class="devices" aria-label="Signed in">
      {sessions.map(({ id, browser, signedInAt }) => (
        <li key={id} data-testid="session">
          <span class="device-text">
            <span class="device-name">{browser}</span>
            <span class="device-note">{id === current ? "This browser" : `Since ${dayOf(signedInAt)}`}</span>
          </span>
          {id !== current && (
            <Button look="quiet" disabled={request.busy} onClick={() => change(() => revoke(id))}>
              Sign out<span class="for-reader">{` ${browser}, since ${dayOf(signedInAt)}`}</span>
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}

function PasskeyList({ own: { passkeys }, request, change }: ListProps) {
  return (
    <ul class="devices" aria-label="Passkeys">
      {passkeys.map(({ id, browser, createdAt }) => (
        <li key={id} data-testid="passkey">
          <span class="device-text">
            <span class="device-name">Passkey</span>
            <span class="device-note">{`Made ${dayOf(createdAt)} in ${browser}`}</span>
          </span>
          <Button look="quiet" disabled={request.busy} onClick={() => change(() => revoke(id))}>
            Remove<span class="for-reader">{` the passkey of ${dayOf(createdAt)}`}</span>
          </Button>
        </li>
      ))}
    </ul>
  );
}

/** A link for one more device, for a camera and to be copied. */
function NewDevice({ request }: { readonly request: PageRequest }) {
  const [link, setLink] = useState<DeviceLink>();
  const [copied, setCopied] = useState(false);
  const words = useRef<HTMLParagraphElement>(null);
  useEffect(() => words.current?.focus(), [link]);
  if (link === undefined)
    return (
      <Button
        look="accent"
        testId="add-device-button"
        disabled={request.busy}
        onClick={() => request.run(makeLink, setLink)}
      >
        Add a device
      </Button>
    );
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(link.url).then(
      () => setCopied(true),
      () => {},
    );
  };
  return (
    <div class="new-device">
      <p ref={words} tabIndex={-1}>
        {isOwnMachine(link.url)
          ? "Open this in another browser of this machine. It works once, within one day, and signs in as you. Do not share it."
          : "Open this on the other device. It works once, within one day, and signs in as you. Do not share it."}
      </p>
      {!isOwnMachine(link.url) && <QrCode text={link.url} />}
      <input class="link" data-testid="device-link" readOnly value={link.url} aria-label="The link" />
      <Button testId="copy-button" onClick={() => void copy()}>
        {copied ? "Copied" : "Copy the link"}
      </Button>
    </div>
  );
}

/** An address that leads nowhere from elsewhere. */
const isOwnMachine = (url: string): boolean => /^(localhost|127\..*|\[::1\])$/.test(new URL(url).hostname);

const dayOf = (iso: string): string => new Date(iso).toLocaleDateString(undefined, { dateStyle: "medium" });
