import { setTimeout } from "node:timers/promises";
import type { Server } from "../../harness/server/server.ts";

/** What must be zero when no call is left. */
type Live = {
  readonly calls: number;
  readonly counters: { readonly sip: Record<string, number>; readonly media: Record<string, number> };
};

export type Status = Live & { readonly counters: { readonly refused: Readonly<Record<string, number>> } };

/** The server's own account of itself. */
export async function statusOf(server: Server): Promise<Status> {
  const { status, stdout, stderr } = await server.command("status", "--json");
  if (status !== 0) throw new Error(`status ended with ${status}: ${stdout}${stderr}`);
  return JSON.parse(stdout) as Status;
}

const liveOf = ({ calls, counters: { sip, media } }: Live) => ({
  calls,
  transactions: sip.transactions,
  dialogs: sip.dialogs,
  sipCalls: sip.calls,
  sessions: media.sessions,
  legs: media.legs,
  ports: media.ports,
});

/**
 * Resolves when everything that a call takes has been given back; rejects with what has not when the longest
 * transaction (RFC 3261: 64*T1) must be over.
 */
export const emptied = (server: Server): Promise<void> => gone(server, liveOf, 80_000, 500);

/** As `emptied`, but SIP may still wait for repetitions of the last messages: what people and media need is free at once. */
export const released = (server: Server): Promise<void> =>
  gone(server, (live) => ({ ...liveOf(live), transactions: 0 }), 5000, 100);

/** Resolves when no call is left, whatever SIP still waits for, such as the answer of a phone that has gone without a word. */
export const callsOver = (server: Server): Promise<void> => gone(server, ({ calls }) => ({ calls }), 5000, 100);

/** The record of the call that ended last. */
export async function lastRecord(server: Server): Promise<Record<string, unknown>> {
  const { stdout } = await server.command("history", "--limit", "1", "--json");
  return (JSON.parse(stdout) as Record<string, unknown>[])[0] ?? {};
}

/** The command has no event for this, so it asks again. */
async function gone(
  server: Server,
  left: (status: Status) => object,
  timeoutMs: number,
  everyMs: number,
): Promise<void> {
  const untilMs = Date.now() + timeoutMs;
  for (;;) {
    const live = left(await statusOf(server));
    if (Object.values(live).every((count) => count === 0)) return;
    if (Date.now() > untilMs) throw new Error(`something is left: ${JSON.stringify(live)}`);
    await setTimeout(everyMs);
  }
}
