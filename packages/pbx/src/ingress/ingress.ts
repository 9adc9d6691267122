import type { Flow, IncomingCall, IncomingRequest, UserAgentUser } from "@trunkline/sip-stack";
import { identify } from "../identity/identify.ts";
import { isInOwnName } from "../identity/own-names.ts";
import type { IngressContext } from "./context.ts";
import { receiveInvite } from "./invite.ts";
import { receiveOptions } from "./options.ts";
import { receiveRegister } from "./register.ts";

/**
 * Where every request outside a dialog comes in, one kind a file.
 * @param context asked for at each request, for it is made of the user agent that this reports to
 */
export const ingress = (context: () => IngressContext): UserAgentUser => ({
  onCall: (call: IncomingCall) => receiveInvite(call, context()),
  onRequest: (request: IncomingRequest) => {
    receiveRequest(request, context()).catch(() => request.respond(500));
  },
  onFlowClosed: (flow: Flow) => closeFlow(flow, context()),
});

/** Nobody can be rung over a closed flow any more, and what rings over it stops. Calls that are up go on: their sound decides. */
function closeFlow(flow: Flow, { registrar, calls }: IngressContext): void {
  void registrar.flowClosed(flow);
  for (const call of calls.all) call.flowClosed(flow);
}

async function receiveRequest(incoming: IncomingRequest, context: IngressContext): Promise<void> {
  const speaker = identify(incoming.flow, context.config, incoming.username);
  if (speaker.kind === "browser" && !isInOwnName(incoming.request, speaker.user, context.config))
    return incoming.respond(403, { reason: "Not your name" });
  switch (incoming.request.method) {
    case "OPTIONS":
      return receiveOptions(incoming);
    case "REGISTER":
      return receiveRegister(incoming, context);
    default:
      return incoming.respond(405, { headers: [["Allow", "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, REGISTER"]] });
  }
}
