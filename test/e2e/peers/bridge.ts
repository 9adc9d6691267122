import { type MediaRelay, relayOnWorkers } from "@trunkline/media-relay";
import { type IncomingCall, parseUri, type UserAgent, udpTransport, userAgent } from "@trunkline/sip-stack";
import { BridgedCall } from "./bridged-call.ts";
import type { Subscriber } from "./subscriber.ts";

/** A small back-to-back user agent of the packages' public parts: a call to a subscriber's name goes on to it. */
export type Bridge = {
  readonly relay: MediaRelay;
  readonly agent: UserAgent;
  /** What to dial for a subscriber. */
  uriOf(name: string): string;
  /** Resolves with the next call to that subscriber when both sides have answered. */
  callTo(name: string): Promise<BridgedCall>;
  close(): Promise<void>;
};

/** Binds `address`:5060; relays on ports from 10000 on. */
export async function openBridge(address: string, subscribers: readonly Subscriber[]): Promise<Bridge> {
  const waiting = new Map<string, PromiseWithResolvers<BridgedCall>>();
  const relay = await relayOnWorkers({
    plain: { bind: address, ports: [10_000, 10_199] },
    browser: { hosts: [address], ports: [20_000, 20_099] },
  });
  const connect = (inbound: IncomingCall): void => {
    const uri = parseUri(inbound.invite.uri);
    const { remote } = inbound.flow;
    const called = subscribers.find(({ name }) => uri.ok && uri.value.user === name);
    const caller = subscribers.find((one) => one.address === remote.address);
    const awaited = called && waiting.get(called.name);
    if (caller === undefined || awaited === undefined) return inbound.reject(404);
    const call = new BridgedCall(inbound);
    call.connect(agent, relay, { caller, called: called! }).then(() => awaited.resolve(call), awaited.reject);
  };
  const agent = userAgent({
    transports: [udpTransport({ bind: { address, port: 5060 } })],
    user: { onCall: connect, onRequest: (incoming) => incoming.respond(405) },
  });
  await agent.listen();
  return {
    relay,
    agent,
    uriOf: (name) => `sip:${name}@${address}:5060`,
    callTo: (name) => {
      waiting.set(name, Promise.withResolvers());
      return waiting.get(name)!.promise;
    },
    close: async () => {
      await agent.close();
      await relay.close();
    },
  };
}
