import { render } from "preact";
import "./ui/tokens.css";
import "./ui/base.css";
import type { Session, SessionAnswer } from "./core/session.ts";
import { systemClock } from "./kernel/clock.ts";
import { makePhone } from "./phone/make-phone.ts";
import { wasOnline } from "./phone/memory.ts";
import type { PhoneModel } from "./phone/model.ts";
import { PhonePage } from "./phone/phone-page.tsx";
import { fetchSession, untilReachable } from "./phone/session-source.ts";
import { WaitingPage } from "./phone/waiting-page.tsx";

const root = document.querySelector("#app")!;

function show(answer: SessionAnswer): void {
  if (answer.kind === "ready") showPhone(answer.session);
  else render(<WaitingPage kind={answer.kind} />, root);
}

function showPhone(session: Session): void {
  const model = makePhone(session, window);
  const resume = () => wasOnline(localStorage) && model.phone.goOnline();
  addEventListener("pagehide", () => model.phone.goOffline());
  addEventListener("pageshow", ({ persisted }) => persisted && resume());
  for (const gesture of ["pointerdown", "keydown"]) addEventListener(gesture, () => unlock(model));
  resume();
  render(<PhonePage model={model} />, root);
}

function unlock(model: PhoneModel): void {
  model.sounds.unlock();
  model.audible.value = true;
}

render(<WaitingPage kind="loading" />, root);
void untilReachable(fetchSession, systemClock, show);
