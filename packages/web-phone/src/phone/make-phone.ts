import { signal } from "@preact/signals";
import { Phone, type PhoneView } from "../core/phone.ts";
import type { PresenceState } from "../core/presence-table.ts";
import type { Session, SessionAnswer } from "../core/session.ts";
import { systemClock } from "../kernel/clock.ts";
import { JsSipTransport } from "../sip/transport.ts";
import { browserMicrophone } from "../sound/microphone.ts";
import { elementSpeaker } from "../sound/speaker.ts";
import { Tones } from "../sound/tones.ts";
import { isUp } from "./actions.ts";
import { rememberOnline } from "./memory.ts";
import { makeModel, type PhoneModel } from "./model.ts";
import { fetchSession, untilReachable } from "./session-source.ts";

/** Where the connection is gone or the phone refused: it may be that the person was signed out. */
const lost: ReadonlySet<PresenceState> = new Set(["reconnecting", "refused"]);

/** Puts the phone of a session together from the browser's own parts. */
export function makePhone(session: Session, page: Window): PhoneModel {
  const view = signal<PhoneView>({ presence: "offline", call: undefined });
  const sounds = new Tones(systemClock, () => new AudioContext());
  const signedOut = signal(false);
  let isOther = false;
  const phone = new Phone({
    clock: systemClock,
    transport: makeTransport(session, page),
    sounds,
    changed: (next) => {
      const isLost = next.presence !== view.value.presence && lost.has(next.presence);
      view.value = next;
      if (isLost) void untilReachable(fetchSession, systemClock, (answer) => meet(answer));
      settle();
    },
  });
  /** Somebody else may be signed in by now, or nobody. */
  const meet = (answer: SessionAnswer): void => {
    signedOut.value ||= answer.kind === "signedOut";
    isOther ||= answer.kind === "ready" && answer.session.sipUri !== session.sipUri;
    settle();
  };
  /** A call that is up is worth more than that: it goes on until it is over. */
  const settle = (): void => {
    if (isUp(view.value.call)) return;
    if (isOther) page.location.reload();
    else if (signedOut.value && view.value.presence !== "offline") phone.goOffline();
  };
  const remember = (online: boolean): void => rememberOnline(page.localStorage, online);
  return makeModel({ session, phone, sounds, clock: systemClock, remember, signedOut }, view);
}

function makeTransport(session: Session, page: Window): JsSipTransport {
  const { protocol, host, search } = page.location;
  const socketUrl = `${protocol === "https:" ? "wss" : "ws"}://${host}/ws`;
  const element = page.document.body.appendChild(page.document.createElement("audio"));
  element.autoplay = true;
  const raw = new URLSearchParams(search).get("audio") === "raw";
  return new JsSipTransport(
    { socketUrl, sipUri: session.sipUri, name: session.name, version: session.version },
    {
      clock: systemClock,
      microphone: browserMicrophone(raw ? "raw" : "clean"),
      speaker: elementSpeaker(element),
      iceServers: session.iceServers,
    },
  );
}
