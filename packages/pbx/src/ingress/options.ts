import type { IncomingRequest } from "@trunkline/sip-stack";

/** A sign of life (RFC 3261 section 11): all who may speak to us get a 200 that names what we understand. */
export function receiveOptions(incoming: IncomingRequest): void {
  incoming.respond(200, {
    headers: [
      ["Accept", "application/sdp"],
      ["Accept-Language", "en"],
    ],
  });
}
