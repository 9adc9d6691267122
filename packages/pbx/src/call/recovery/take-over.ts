import { bodyText, type IncomingCall } from "@trunkline/sip-stack";
import { type Ending, ending, endingHeaders } from "../../kernel/ending.ts";
import type { MediaLeg } from "../../media/leg.ts";
import { faultOf } from "../fault.ts";
import type { CallLeg } from "../leg.ts";

/**
 * Opens the sound of a leg that is to take another's place. Whatever goes wrong is its own: the call that is up goes on.
 * @returns our SDP for it; `undefined` when it has been refused
 */
export async function openTakeOver(
  leg: CallLeg,
  incoming: IncomingCall,
  openMedia: () => Promise<MediaLeg>,
): Promise<string | undefined> {
  const refuse = (why: Ending): undefined => {
    incoming.reject(why.sip, { headers: endingHeaders(why) });
  };
  try {
    leg.media = await openMedia();
    const offer = bodyText(incoming.invite);
    if (offer === undefined) return await leg.media.offer();
    const answer = await leg.media.answer(offer);
    return answer.ok ? answer.value : refuse(ending("no-common-audio"));
  } catch (error) {
    return refuse(faultOf(error).why);
  }
}
