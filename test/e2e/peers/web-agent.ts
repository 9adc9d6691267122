import { once } from "node:events";
import { type MediaRelay, relayInProcess } from "@trunkline/media-relay";
import {
  bodyText,
  type CallEnd,
  type Flow,
  type IncomingCall,
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
  close(): Promise<void>;
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
  await register(agent, flow, user);
  return {
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

async function register(agent: UserAgent, flow: Flow, user: string): Promise<void> {
  const address = `<sip:${user}@trunkline.invalid>`;
  const outcome = await agent.request({
    method: "REGISTER",
    uri: "sip:trunkline.invalid",
    from: address,
    to: address,
    destination: flow,
    headers: [["Contact", `<sip:${user}@agent.invalid;transport=ws>;expires=600`]],
  });
  if (!outcome.ok || outcome.response.status !== 200) throw new Error("the server did not take the registration");
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
