import type { IncomingCall } from "@trunkline/sip-stack";
import type { Speaker } from "../identity/identify.ts";
import { isInOwnName } from "../identity/own-names.ts";
import { ending, endingHeaders } from "../kernel/ending.ts";
import type { IngressContext } from "./context.ts";
import { dialogOf, mediaPeerOf } from "./dialog.ts";

/** An INVITE with Replaces (RFC 3891): a user's other device, or his page after a reload, takes over what he talks in. */
export function receiveTakeover(incoming: IncomingCall, speaker: Speaker, context: IngressContext): void {
  const found = context.calls.legOf(incoming.replaces!);
  const isOwn = "user" in speaker && found?.leg.isOf(speaker.user.name) === true;
  if (speaker.kind === "browser" && !isInOwnName(incoming.invite, speaker.user, context.config))
    return refuse(incoming, 403, "This phone may call in its own name only.");
  if (found === undefined || !isOwn) return refuse(incoming, 403, "Only your own calls can be taken over.");
  if (found.call.talk === undefined) return refuse(incoming, 481, "This call is not up.");
  found.call.takeOver(found.leg, incoming, mediaPeerOf(speaker, incoming), dialogOf(speaker, "", context));
}

function refuse(incoming: IncomingCall, status: number, words: string): void {
  incoming.reject(status, { headers: endingHeaders(ending("not-allowed", "system", { words, sip: status })) });
}
