import {
  type Address,
  type Admission,
  type Clock,
  type DatagramNetwork,
  type Flow,
  type RandomBytes,
  type RequestVerifier,
  type Transport,
  tcpTransport,
  tlsTransport,
  type UserAgent,
  type UserAgentUser,
  udpTransport,
  userAgent,
  type WebSocketTransport,
  type WireObserver,
  webSocketTransport,
} from "@trunkline/sip-stack";
import type { Config } from "../config/config.ts";
import { liesIn } from "../domain/address.ts";
import { identify } from "../identity/identify.ts";

/** What the line to the outside is made of. */
export type LineParts = {
  /** Asked at each request: who may speak changes with the configuration. */
  readonly config: () => Config;
  /** Whether a flow is let in although nobody is known to be at its other end. */
  readonly lingers: (flow: Flow) => boolean;
  readonly network: DatagramNetwork;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly observer: WireObserver;
  readonly user: UserAgentUser;
  /** To whom phones prove who they are. */
  readonly verifier: RequestVerifier;
};

/** Our end of SIP: one user agent over UDP, TCP, TLS and the WebSockets that people open. */
export type Line = {
  readonly agent: UserAgent;
  /** Where UDP is bound; known once the agent listens. */
  readonly address: () => Address;
  readonly adopt: WebSocketTransport["adopt"];
};

/** Makes the line; it is silent until the agent listens. Strangers get not a byte back. */
export function makeLine(sip: Config["sip"], parts: LineParts): Line {
  const { config, lingers, network, clock, random, observer, user, verifier } = parts;
  const udp = udpTransport({ bind: sip.udp, network });
  const streams = streamTransports(sip, clock);
  const sockets = webSocketTransport({ clock });
  const agent = userAgent({
    transports: [udp, ...streams, sockets],
    user,
    advertised: (flow) => {
      const transport = [udp, ...streams].find(({ kind }) => kind === flow.transport);
      return transport === undefined ? flow.local : { address: sip.publicAddress, port: transport.local.port };
    },
    gate: (flow) => admitFlow(flow, config(), lingers),
    verifierOf: (flow, { method }) =>
      proven.has(method) && identify(flow, config()).kind === "unproven" ? verifier : undefined,
    isSamePeer: (from, to) => from.principal !== undefined && from.principal === to.principal,
    // The trunk is asked for nothing that it may not understand, and invited to nothing that it is refused.
    showsOwnOnly: ({ remote }) => liesIn(config().trunk.allow, remote.address),
    supported: ["replaces"],
    allow: ["REFER", "NOTIFY", "INFO"],
    observer,
    product: "Trunkline",
    clock,
    random,
  });
  return { agent, address: () => udp.local, adopt: (socket, opener) => sockets.adopt(socket, opener) };
}

/** What a phone must prove who it is for; a sign of life is answered without. */
const proven = new Set(["REGISTER", "INVITE"]);

/** TCP and TLS, where the configuration binds them. */
function streamTransports({ tcp, tls }: Config["sip"], clock: Clock): readonly Transport[] {
  return [
    ...(tcp === undefined ? [] : [tcpTransport({ bind: tcp, clock })]),
    ...(tls === undefined ? [] : [tlsTransport({ bind: tls.bind, identity: tls, clock })]),
  ];
}

function admitFlow(flow: Flow, config: Config, lingers: LineParts["lingers"]): Admission {
  const speaker = identify(flow, config);
  return speaker.kind === "stranger" && !lingers(flow) ? { admit: false, why: speaker.why } : { admit: true };
}
