import {
  type Address,
  type Clock,
  type DatagramNetwork,
  type Flow,
  type RandomBytes,
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
import { identify } from "../identity/identify.ts";

/** What the line to the outside is made of. */
export type LineParts = {
  readonly network: DatagramNetwork;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly observer: WireObserver;
  readonly user: UserAgentUser;
};

/** Our end of SIP: one user agent over UDP, TCP, TLS and the WebSockets that people open. */
export type Line = {
  readonly agent: UserAgent;
  /** Where UDP is bound; known once the agent listens. */
  readonly address: () => Address;
  readonly adopt: WebSocketTransport["adopt"];
};

/** Makes the line; it is silent until the agent listens. Strangers get not a byte back. */
export function makeLine(config: Config, { network, clock, random, observer, user }: LineParts): Line {
  const udp = udpTransport({ bind: config.sip.udp, network });
  const streams = streamTransports(config.sip, clock);
  const sockets = webSocketTransport({ clock });
  const agent = userAgent({
    transports: [udp, ...streams, sockets],
    user,
    advertised: (flow) => {
      const transport = [udp, ...streams].find(({ kind }) => kind === flow.transport);
      return transport === undefined ? flow.local : { address: config.sip.publicAddress, port: transport.local.port };
    },
    gate: (flow) => admitFlow(flow, config),
    observer,
    product: "Trunkline",
    clock,
    random,
  });
  return { agent, address: () => udp.local, adopt: (socket, opener) => sockets.adopt(socket, opener) };
}

/** TCP and TLS, where the configuration binds them. */
function streamTransports({ tcp, tls }: Config["sip"], clock: Clock): readonly Transport[] {
  return [
    ...(tcp === undefined ? [] : [tcpTransport({ bind: tcp, clock })]),
    ...(tls === undefined ? [] : [tlsTransport({ bind: tls.bind, identity: tls, clock })]),
  ];
}

function admitFlow(
  flow: Flow,
  config: Config,
): { readonly admit: true } | { readonly admit: false; readonly why: string } {
  const speaker = identify(flow, config);
  return speaker.kind === "stranger" ? { admit: false, why: speaker.why } : { admit: true };
}
