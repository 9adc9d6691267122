import { setTimeout } from "node:timers/promises";
import type { Server } from "../../harness/server/server.ts";

/** What must be zero when no call is left. */
type Live = { readonly calls: number; readonly counters: { readonly sip: Record<string, number>; readonly media: Record<string, number> } };

export type Status = Live & { readonly counters: { readonly refused: Readonly<Record<string, number>> } };

/** The server's own account of itself. */
export async function statusOf(server: Server): Promise<Status> {
  const { status, stdout, stderr } = await server.command("status", "--json");
  if (status !== 0) throw new Error(`status failed: ${stderr}`);
  return JSON.parse(stdout) as Status;
}

const liveOf = ({ calls, counters: { sip, media } }: Live) => ({
  calls,
  transactions: sip["transactions"],
  dialogs: sip["dialogs"],
  sipCalls: sip["calls"],
  sessions: media["sessions"],
  legs: media["legs"],
  ports: media["ports"],
});

/**
 * Resolves when everything that a call takes has been given back; rejects with what has not when the longest
 * transaction (RFC 3261: 64*T1) must be over. The command has no event for this, so it asks again.
 */
export async function emptied(server: Server): Promise<void> {
  const untilMs = Date.now() + 40_000;
  for (;;) {
    const live = liveOf(await statusOf(server));
    if (Object.values(live).every((count) => count === 0)) return;
    if (Date.now() > untilMs) throw new Error(`something is left: ${JSON.stringify(live)}`);
    await setTimeout(500);
  }
}
