import { render } from "preact";
import "./ui/tokens.css";
import "./ui/base.css";
import { JoinPage } from "./access/join-page.tsx";
import { SignInPage } from "./access/sign-in-page.tsx";
import { tokenIn } from "./core/access.ts";
import type { Session, SessionAnswer } from "./core/session.ts";
import { systemClock } from "./kernel/clock.ts";
import { isUp } from "./phone/actions.ts";
import { makePhone } from "./phone/make-phone.ts";
import { wasOnline } from "./phone/memory.ts";
import type { PhoneModel } from "./phone/model.ts";
import { PhonePage } from "./phone/phone-page.tsx";
import { fetchSession, untilReachable } from "./phone/session-source.ts";
import { WaitingPage } from "./phone/waiting-page.tsx";

const root = document.querySelector("#app")!;

let isTalking = (): boolean => false;

/** A link that is opened in this very page changes no more than what stands behind the mark. A call is worth more than it. */
function meetLink(): void {
  if (tokenIn(location.hash) === undefined) return;
  if (isTalking()) takeHash();
  else location.reload();
}

/** Takes what stands behind the mark of the page's address out of it: a link's token is nobody's to read later. */
function takeHash(): string {
  const { hash, pathname, search } = location;
  if (hash !== "") history.replaceState(null, "", pathname + search);
  return hash;
}

function begin(hash: string): void {
  const token = tokenIn(hash);
  if (token === undefined)
    enter(hash === "#refused" ? "You could not be signed in there. Try again, or ask for a link." : undefined);
  else render(<JoinPage token={token} onDone={(joined) => enter(joined ? keptNothing : undefined)} />, root);
}

/** Why somebody who has just joined may still not be signed in. */
const keptNothing =
  "You were signed in, but this browser did not keep the sign-in. Allow cookies, and open this page over https.";

/** @param problem what is said when it turns out that nobody is signed in */
function enter(problem?: string): void {
  render(<WaitingPage kind="loading" />, root);
  void untilReachable(fetchSession, systemClock, (answer) => show(answer, problem));
}

function show(answer: SessionAnswer, problem: string | undefined): void {
  if (answer.kind === "ready") showPhone(answer.session);
  else if (answer.kind === "signedOut") render(<SignInPage problem={problem} onDone={() => enter()} />, root);
  else render(<WaitingPage kind={answer.kind} />, root);
}

function showPhone(session: Session): void {
  const model = makePhone(session, window);
  const resume = () => wasOnline(localStorage) && model.phone.goOnline();
  addEventListener("pagehide", () => model.phone.goOffline());
  addEventListener("pageshow", ({ persisted }) => persisted && resume());
  isTalking = () => isUp(model.view.value.call);
  for (const gesture of ["pointerdown", "keydown"]) addEventListener(gesture, () => unlock(model));
  resume();
  render(<PhonePage model={model} />, root);
}

function unlock(model: PhoneModel): void {
  model.sounds.unlock();
  model.audible.value = true;
}

addEventListener("hashchange", meetLink);
begin(takeHash());
