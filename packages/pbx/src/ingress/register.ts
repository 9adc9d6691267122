import type { IncomingRequest } from "@trunkline/sip-stack";
import { identify } from "../identity/identify.ts";
import type { IngressContext } from "./context.ts";

/** A registration: browsers only, each over its own signed-in socket. */
export async function receiveRegister(incoming: IncomingRequest, { config, registrar }: IngressContext): Promise<void> {
  const speaker = identify(incoming.flow, config);
  if (speaker.kind === "browser") await registrar.register(incoming, speaker.user);
  else incoming.respond(403, { reason: "Registration is for browsers" });
}
