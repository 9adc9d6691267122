import type { IncomingRequest } from "@trunkline/sip-stack";
import { identify } from "../identity/identify.ts";
import type { IngressContext } from "./context.ts";

/**
 * A registration: of browsers, each over its own signed-in socket, and of devices that have proved whose they are. Who
 * has come back over another connection goes on over that in the calls that he is in.
 */
export async function receiveRegister(incoming: IncomingRequest, context: IngressContext): Promise<void> {
  const { config, registrar, calls } = context;
  const speaker = identify(incoming.flow, config, incoming.username);
  if (speaker.kind !== "browser" && speaker.kind !== "device")
    return incoming.respond(403, { reason: "Registration is for phones" });
  const { contacts, leftFlows } = await registrar.register(incoming, speaker.user);
  for (const call of calls.all) {
    for (const contact of contacts) call.flowOpened(speaker.user.name, contact, incoming.flow);
    for (const left of leftFlows) call.flowMoved(speaker.user.name, left, incoming.flow);
  }
}
