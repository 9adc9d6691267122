import { readSession, type SessionAnswer } from "../core/session.ts";
import type { Clock } from "../kernel/clock.ts";

/** Asks the server who uses this page. Never rejects. */
export async function fetchSession(): Promise<SessionAnswer> {
  try {
    const response = await fetch("/api/session", { headers: { accept: "application/json" } });
    if (response.status === 401) return { kind: "signedOut" };
    if (!response.ok) return { kind: "unreachable" };
    const session = readSession(await response.json());
    return session.ok ? { kind: "ready", session: session.value } : { kind: "unreachable" };
  } catch {
    return { kind: "unreachable" };
  }
}

const firstRetryMs = 1000;
const longestRetryMs = 15_000;

/** Asks until the server answers, telling each answer to `report`. */
export async function untilReachable(
  ask: () => Promise<SessionAnswer>,
  clock: Clock,
  report: (answer: SessionAnswer) => void,
  retryMs = firstRetryMs,
): Promise<void> {
  const answer = await ask();
  report(answer);
  if (answer.kind !== "unreachable") return;
  clock.after(retryMs, () => void untilReachable(ask, clock, report, Math.min(retryMs * 2, longestRetryMs)));
}
