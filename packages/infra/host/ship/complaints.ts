import type { Clock } from "./clock.ts";

const everyMs = 60_000;

/** What this program says of itself: one line a minute at most, however much goes wrong. */
export function complaints(clock: Clock, write: (line: string) => void): (words: string) => void {
  let quietUntilMs = Number.NEGATIVE_INFINITY;
  let unsaid = 0;
  return (words) => {
    const nowMs = clock.nowMs();
    const isQuiet = nowMs < quietUntilMs && quietUntilMs - nowMs <= everyMs;
    if (isQuiet) return void unsaid++;
    write(unsaid === 0 ? words : `${words} (${unsaid} more since the last line)`);
    [quietUntilMs, unsaid] = [nowMs + everyMs, 0];
  };
}

/** A fault in a line for the person who looks after the host. */
export function wordsOf(fault: unknown): string {
  if (!(fault instanceof Error)) return String(fault);
  const { name, message, code } = fault as NodeJS.ErrnoException;
  return message === "" ? (code ?? name) : `${name}: ${message}`;
}
