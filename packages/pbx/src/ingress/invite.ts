import type { Announcement } from "@trunkline/media-relay";
import { bodyText, type IncomingCall } from "@trunkline/sip-stack";
import { Call } from "../call/call.ts";
import { findTargets } from "../call/find-targets.ts";
import { passedOnBy } from "../call/passed-on.ts";
import { refusalRecord } from "../call/record.ts";
import type { CallSetup } from "../call/setup.ts";
import type { Config } from "../config/config.ts";
import type { HostPort } from "../domain/address.ts";
import { type Party, partyName } from "../domain/party.ts";
import type { User } from "../domain/user.ts";
import { admit } from "../guard/admit.ts";
import { identify, type Speaker } from "../identity/identify.ts";
import { isInOwnName } from "../identity/own-names.ts";
import { type Ending, ending, refusalHeaders } from "../kernel/ending.ts";
import { type Route, routeCall } from "../routing/route.ts";
import { type IngressContext, loadOf } from "./context.ts";
import { dialledByTrunk, dialledIn, ringSecondsOf, shownOf } from "./dialled.ts";
import { dialogOf, mediaPeerOf } from "./dialog.ts";
import { loopOf } from "./loop.ts";
import { receiveTakeover } from "./takeover.ts";
import { trunkCaller } from "./trunk-caller.ts";

/** A new call: identify who speaks, route, admit, hand over. Whatever is refused is answered in words and recorded. */
export function receiveInvite(incoming: IncomingCall, context: IngressContext): void {
  const speaker = identify(incoming.flow, context.config, incoming.username);
  if (incoming.replaces !== undefined) return receiveTakeover(incoming, speaker, context);
  const from = callerOf(speaker, incoming, context.config);
  const dialled = requestUser(speaker, incoming, context.config);
  const what = {
    id: context.newCallId(),
    direction: speaker.kind === "trunk" ? "inbound" : "outbound",
    from,
    to: shownOf(dialled),
  } as const;
  context.services.journal.record({
    kind: "call-arrived",
    call: what.id,
    from: partyName(from),
    to: what.to,
    sipCallId: incoming.callId,
  });
  const route = verdict(speaker, incoming, from, dialled, context);
  if ("refusal" in route) return refuse(incoming, what, route.refusal, context);
  const setup = {
    ...what,
    ...aimOf(speaker, route),
    incoming,
    mediaPeer: mediaPeerOf(speaker, incoming),
    passedOn: passedOnBy(incoming, from, speaker.kind === "trunk"),
    ...dialogOf(speaker, dialled, context),
    ringSeconds: ringSecondsOf(route),
    talkSeconds: context.config.calling.maxMinutes * 60,
    ...announcementOf(route, context.announcement),
  };
  const call = new Call(setup, context.services);
  context.calls.add(call);
  call.start(() => findTargets(route, from, context));
}

/** Whom a call is for, and whether it crosses the trunk at all. */
const aimOf = (speaker: Speaker, route: Taken): Pick<CallSetup, "to" | "direction"> =>
  route.kind === "trunk"
    ? { to: route.number, direction: "outbound" }
    : { to: route.to, direction: speaker.kind === "trunk" ? "inbound" : "internal" };

type Taken = Exclude<Route, { kind: "refused" }>;

function verdict(
  speaker: Speaker,
  incoming: IncomingCall,
  from: Party,
  dialled: string,
  context: IngressContext,
): Taken | { readonly refusal: Ending } {
  const loop = loopOf(incoming.invite, shownTo(incoming.flow, context));
  if (loop !== undefined) return { refusal: loop };
  if (!("user" in from) && speaker.kind !== "trunk") return { refusal: ending("not-allowed") };
  if (speaker.kind === "browser" && !isInOwnName(incoming.invite, speaker.user, context.config))
    return { refusal: ending("not-allowed", "system", { words: "This phone may call in its own name only." }) };
  const route = routeCall(from, dialled, context.config);
  if (route.kind === "refused") return { refusal: route.ending };
  const refusal =
    admit(from, route, loadOf(context), context.config.calling) ?? refusalOfOffer(speaker, incoming, context);
  return refusal === undefined ? route : { refusal };
}

/**
 * The addresses in our Vias. A bound address is not among them unless it is shown: hosts in other private networks have the
 * same one. Over a WebSocket it is shown.
 */
const shownTo = (
  { transport, local }: IncomingCall["flow"],
  { shownAddresses }: IngressContext,
): readonly HostPort[] => (transport === "ws" || transport === "wss" ? [...shownAddresses(), local] : shownAddresses());

/** An offer that cannot be answered is refused before anybody is alerted, RFC 3261 section 13.3.1.3. */
function refusalOfOffer(speaker: Speaker, incoming: IncomingCall, { services }: IngressContext): Ending | undefined {
  const offer = bodyText(incoming.invite);
  const fault = offer === undefined ? undefined : services.offerFault(mediaPeerOf(speaker, incoming), offer);
  if (fault === undefined) return undefined;
  return ending("no-common-audio", "system", {
    words: `The offer of the call cannot be answered: ${fault.slice(0, 120)}.`,
  });
}

function refuse(
  incoming: IncomingCall,
  what: Pick<CallSetup, "id" | "direction" | "from" | "to">,
  why: Ending,
  { services }: IngressContext,
): void {
  services.journal.record({ kind: "call-ended", call: what.id, ending: why });
  incoming.reject(why.sip, { headers: refusalHeaders(why) });
  services.onOver(refusalRecord(what, why, services.wallClock()));
}

const callerOf = (speaker: Speaker, { invite }: IncomingCall, config: Config): Party =>
  "user" in speaker ? partyOfUser(speaker.user) : trunkCaller(invite, config);

const partyOfUser = ({ name, displayName, callerId }: User): Party => ({
  kind: "user",
  user: name,
  displayName,
  callerId,
});

/** The request URI alone says who is called; To may name anything. */
const requestUser = (speaker: Speaker, { invite }: IncomingCall, config: Config): string =>
  speaker.kind === "trunk" ? dialledByTrunk(invite.uri, config) : dialledIn(invite.uri);

function announcementOf(route: Taken, usual: Announcement): Pick<CallSetup, "announcement"> {
  if (route.kind !== "users" || route.unanswered === "reject") return {};
  return { announcement: route.unanswered === "announcement" ? usual : route.unanswered.play };
}
