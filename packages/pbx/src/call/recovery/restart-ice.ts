import { RelayError } from "@trunkline/media-relay";
import { bodyText, sdpBody } from "@trunkline/sip-stack";
import type { CallLeg } from "../leg.ts";

/** An offer of the browser's own may have come in between. */
const mostAttempts = 2;

/**
 * Begins ICE anew with a browser whose path is broken: a re-INVITE with an offer that asks for it (RFC 8445 section 9). The path
 * in use goes on until there is another. Nothing happens where there is no ICE, no connection for signalling, or no answer, or
 * when the relay cannot: the call goes on as it is.
 */
export async function restartIce(leg: Pick<CallLeg, "sip" | "media">): Promise<void> {
  try {
    await attempt(leg);
  } catch (error) {
    if (!(error instanceof RelayError)) throw error;
  }
}

async function attempt({ sip, media }: Pick<CallLeg, "sip" | "media">): Promise<void> {
  for (let made = 0; made < mostAttempts; made += 1) {
    if (media?.offerRestart === undefined || sip.state !== "confirmed" || !sip.flow.open) return;
    const { offerRestart } = media;
    const outcome = await sip.reinvite({ make: async () => sdpBody(await offerRestart()) });
    const answer = outcome.ok && outcome.response.status < 300 ? bodyText(outcome.response) : undefined;
    if (answer === undefined || (await media.accept(answer)).ok) return;
  }
}
