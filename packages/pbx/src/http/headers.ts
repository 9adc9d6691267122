import type { IncomingMessage } from "node:http";
import type { FastifyHelmetOptions } from "@fastify/helmet";
import { type Gate, hostAllowed } from "../access/gate.ts";

/** The phone needs the microphone, a choice of speakers, passkeys and to copy a link: nothing else that a browser guards. */
export const permissionsPolicy =
  "microphone=(self), speaker-selection=(self), autoplay=(self), publickey-credentials-create=(self), publickey-credentials-get=(self), clipboard-write=(self), camera=(), geolocation=(), display-capture=(), usb=(), payment=()";

/**
 * The security headers of every answer. Pages run their own files only: no inline script or style, no other host, no
 * frame around them. Small images and sounds may stand in the page's files as `data:`.
 * @param gate asked at each request, because the port is known only once it is bound.
 */
export const securityHeaders = (gate: () => Gate, secure: boolean): FastifyHelmetOptions => ({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", "data:"],
      fontSrc: ["'self'"],
      mediaSrc: ["'self'", "blob:", "data:"],
      workerSrc: ["'self'"],
      manifestSrc: ["'self'"],
      connectSrc: ["'self'", (request: IncomingMessage) => ownSockets(gate(), request.headers.host)],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
  strictTransportSecurity: secure,
  crossOriginEmbedderPolicy: false,
  referrerPolicy: { policy: "no-referrer" },
  frameguard: { action: "deny" },
});

/** Some browsers do not count WebSockets as 'self'. An IPv6 literal cannot be written in a policy (CSP 3 section 2.3.1). */
function ownSockets(gate: Gate, host: string | undefined): string {
  return host === undefined || host.startsWith("[") || !hostAllowed(gate, host)
    ? "'self'"
    : `ws://${host} wss://${host}`;
}
