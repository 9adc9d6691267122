import type { IncomingRequest } from "@trunkline/sip-stack";
import { identify } from "../identity/identify.ts";
import type { IngressContext } from "./context.ts";

/** A registration: of browsers, each over its own signed-in socket, and of devices that have proved whose they are. */
export async function receiveRegister(incoming: IncomingRequest, { config, registrar }: IngressContext): Promise<void> {
  const speaker = identify(incoming.flow, config, incoming.username);
  if (speaker.kind === "browser" || speaker.kind === "device") await registrar.register(incoming, speaker.user);
  else incoming.respond(403, { reason: "Registration is for phones" });
}
