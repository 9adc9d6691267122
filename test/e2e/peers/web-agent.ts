import { once } from "node:events";
import { type MediaRelay, relayInProcess } from "@trunkline/media-relay";
import {
  bodyText,
  type CallEnd,
  type Flow,
  type IncomingCall,
  type OutgoingCall,
  sdpBody,
  type UserAgent,
  userAgent,
  webSocketTransport,
} from "@trunkline/sip-stack";
import { WebSocket } from "ws";
import type { Server } from "../../harness/server/server.ts";
import { cookieFor } from "../../harness/server/sign-in.ts";

/** A user agent over a WebSocket, as a page has one, with real WebRTC on its side. */
export type WebAgent = {
  /** Resolves with the next call that rings here. */
  nextCall(): Promise<RingingCall>;
  /** Calls a number; resolves when the call has been placed. */
  call(number: string, headers?: Headers): Promise<PlacedCall>;
  /** Sends a request of the user's. @returns the status of its answer */
  ask(method: string, changes?: Partial<Asked>): Promise<number>;
  /** Resolves with the code with which the server closes the socket. */
  readonly closed: Promise<number>;
  close(): Promise<void>;
};

type Headers = readonly (readonly [string, string])[];

/** How a request is written; by default in the user's own name. */
type Asked = { readonly from: string; readonly to: string; readonly contact: string };

export type PlacedCall = {
  readonly call: OutgoingCall;
  readonly answered: Promise<void>;
  readonly over: Promise<CallEnd>;
};

export type RingingCall = { readonly call: IncomingCall; readonly over: Promise<CallEnd>; answer(): Promise<void> };

/** Signs `user` in, opens a socket to the server's page address, and registers. */
export async function webAgent(server: Server, user: string, address: string): Promise<WebAgent> {
  const { url } = server;
  const headers = { cookie: await cookieFor(server, user) };
  const socket = new WebSocket(`${url.replace("http", "ws")}/ws`, "sip", { origin: url, headers });
  await once(socket, "open");
  const relay = relayInProcess({
    plain: { bind: address, ports: [30_000, 30_099] },
    browser: { hosts: [address], ports: [30_100, 30_199] },
  });
  const calls: RingingCall[] = [];
  let look = (): void => {};
  const transport = webSocketTransport();
  const agent = userAgent({
    transports: [transport],
    user: {
      onCall: (call) => {
        calls.push(ringing(call, relay));
        call.ring(180);
        look();
      },
      onRequest: (request) => request.respond(405),
    },
  });
  await agent.listen();
  const flow = transport.adopt(socket, { remote: { address, port: 80 }, local: { address, port: 1 } });
  const closed = new Promise<number>((resolve) => socket.once("close", resolve));
  const ask = async (method: string, changes: Partial<Asked> = {}): Promise<number> => {
    const own = addressOf(user);
    const contact = `sip:${user}@agent.invalid;transport=ws`;
    const asked = { from: own, to: own, contact, ...changes };
    const outcome = await agent.request({
      ...{ method, uri: "sip:trunkline.invalid", from: asked.from, to: asked.to, destination: flow },
      headers: [["Contact", `<${asked.contact}>;expires=600`]],
    });
    return outcome.ok ? outcome.response.status : 0;
  };
  if ((await ask("REGISTER")) !== 200) throw new Error("the server did not take the registration");
  return {
    closed,
    ask,
    call: (number, headers = []) => place(agent, relay, { flow, user, number, headers }),
    nextCall: () =>
      new Promise((resolve) => {
        look = () => {
          const call = calls.shift();
          if (call !== undefined) resolve(call);
        };
        look();
      }),
    close: async () => {
      await agent.close();
      await relay.close();
      socket.terminate();
    },
  };
}

const addressOf = (user: string): string => `<sip:${user}@trunkline.invalid>`;

type Placing = { readonly flow: Flow; readonly user: string; readonly number: string; readonly headers: Headers };

async function place(
  agent: UserAgent,
  relay: MediaRelay,
  { flow, user, number, headers }: Placing,
): Promise<PlacedCall> {
  const [answered, over] = [Promise.withResolvers<void>(), Promise.withResolvers<CallEnd>()];
  const leg = await (await relay.open({})).browserLeg();
  const call = agent.call({
    uri: `sip:${number}@trunkline.invalid`,
    from: addressOf(user),
    to: addressOf(number),
    destination: flow,
    headers,
    body: sdpBody(await leg.offer()),
    user: {
      onOffer: (offer) => offer.reject(488),
      onRequest: () => {},
      onAnswer: () => {},
      onRinging: () => {},
      onAnswered: (_, sdp) => void leg.accept(sdp ?? "").then(() => answered.resolve()),
      onEnded: over.resolve,
    },
  });
  return { call, answered: answered.promise, over: over.promise };
}

function ringing(call: IncomingCall, relay: MediaRelay): RingingCall {
  const { promise, resolve } = Promise.withResolvers<CallEnd>();
  call.attach({ onOffer: (offer) => offer.reject(488), onRequest: () => {}, onAnswer: () => {}, onEnded: resolve });
  return { call, over: promise, answer: () => answer(call, relay) };
}

async function answer(call: IncomingCall, relay: MediaRelay): Promise<void> {
  const session = await relay.open({});
  const leg = await session.browserLeg();
  call.answer(sdpBody(await leg.answer(bodyText(call.invite) ?? "")));
}
