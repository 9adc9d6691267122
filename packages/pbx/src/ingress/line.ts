import {
  type Address,
  type Admission,
  type Clock,
  type DatagramNetwork,
  type RandomBytes,
  type RequestVerifier,
  type Standing,
  type TlsIdentity,
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
import { identify, type Source, type Speaker } from "../identity/identify.ts";

/** What the line to the outside is made of. */
export type LineParts = {
  /** Asked at each request: who may speak changes with the configuration. */
  readonly config: () => Config;
  /** Whether a flow is let in although nobody is known to be at its other end. */
  readonly lingers: (source: Source) => boolean;
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
  /** Shows another certificate to those who connect over TLS from now on. */
  readonly renewCertificate: (identity: TlsIdentity) => void;
  /** What the system keeps of datagrams that were not read yet, in bytes, where that is known. */
  readonly receiveBufferBytes: () => number | undefined;
  /** Where UDP, TCP and TLS can be reached from outside: the addresses and ports in our Vias. */
  readonly shownAddresses: () => readonly Address[];
};

/** Makes the line; it is silent until the agent listens. Strangers get not a byte back. */
export function makeLine(sip: Config["sip"], parts: LineParts): Line {
  const { config, lingers, network, clock, random, observer, user, verifier } = parts;
  const udp = udpTransport({ bind: sip.udp, network });
  const { tcp, tls } = streamTransports(sip, parts);
  const streams: readonly Transport[] = [tcp, tls].filter((stream) => stream !== undefined);
  const sockets = webSocketTransport({ clock });
  const agent = userAgent({
    transports: [udp, ...streams, sockets],
    user,
    advertised: (flow) => {
      const transport = [udp, ...streams].find(({ kind }) => kind === flow.transport);
      return transport === undefined ? flow.local : { address: sip.publicAddress, port: transport.local.port };
    },
    sourceGate: (flow) => admission(flow, config(), lingers),
    standingOf: (flow) => standingOf(flow, config()),
    verifierOf: (flow, { method }) =>
      proven.has(method) && identify(flow, config()).kind === "unproven" ? verifier : undefined,
    // The trunk is asked for nothing that it may not understand, and invited to nothing that it is refused.
    showsOwnOnly: ({ remote }) => liesIn(config().trunk.allow, remote.address),
    supported: ["replaces"],
    allow: ["REFER", "NOTIFY", "INFO"],
    observer,
    product: "Trunkline",
    ringingMs: longestRingMs,
    clock,
    random,
  });
  return {
    agent,
    address: () => udp.local,
    renewCertificate: (identity) => tls?.renew(identity),
    receiveBufferBytes: () => udp.receiveBufferBytes,
    adopt: (socket, opener) => sockets.adopt(socket, opener),
    shownAddresses: () => [udp, ...streams].map(({ local }) => ({ address: sip.publicAddress, port: local.port })),
  };
}

/** Above the longest `ringSeconds`: the call itself ends its ringing, with a recording or a reason. */
const longestRingMs = 600_000;

/** What a phone must prove who it is for; a sign of life is answered without. */
const proven = new Set(["REGISTER", "INVITE"]);

/** TCP and TLS, where the configuration binds them. */
function streamTransports({ tcp, tls }: Config["sip"], parts: LineParts) {
  return {
    tcp: tcp && tcpTransport({ bind: tcp, ...doorOf("tcp", parts) }),
    tls: tls && tlsTransport({ bind: tls.bind, identity: tls, ...doorOf("tls", parts) }),
  };
}

/** Who may connect: asked before the first byte, so that a stranger's connection costs nothing. */
function doorOf(transport: "tcp" | "tls", { config, lingers, clock }: LineParts) {
  return {
    clock,
    admits: (remote: Address) => admission({ transport, remote }, config(), lingers).admit,
    standingOf: (remote: Address) => standingOf({ transport, remote }, config()),
  };
}

/** The trunk has room of its own; phones that may be anybody's have little until they prove whose they are. */
const standings: Readonly<Record<Speaker["kind"], Standing>> = {
  trunk: "trusted",
  peer: "known",
  browser: "known",
  device: "known",
  unproven: "unknown",
  stranger: "unknown",
};

const standingOf = (source: Source, config: Config): Standing => standings[identify(source, config).kind];

function admission(source: Source, config: Config, lingers: LineParts["lingers"]): Admission {
  const speaker = identify(source, config);
  return speaker.kind === "stranger" && !lingers(source) ? { admit: false, why: speaker.why } : { admit: true };
}
