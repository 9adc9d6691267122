import type { SessionAnswer } from "../core/session.ts";
import { Mark } from "../ui/icon.tsx";
import "./waiting-page.css";

type Waiting = Exclude<SessionAnswer["kind"], "ready" | "signedOut"> | "loading";

const words: Readonly<Record<Waiting, readonly [title: string, text: string]>> = {
  loading: ["Trunkline", "Loading…"],
  unreachable: ["The server cannot be reached", "Trying again…"],
};

/** What is shown until it is known who uses the page. */
export function WaitingPage({ kind }: { readonly kind: Waiting }) {
  const [title, text] = words[kind];
  return (
    <main class="waiting">
      <Mark size={56} />
      <h1>{title}</h1>
      <p data-testid="status" role="status">
        {text}
      </p>
    </main>
  );
}
