import { parentPort } from "node:worker_threads";
import { type CallHandlers, type CallOf, replyTo } from "../kernel/calls.ts";
import { systemClock } from "../kernel/clock.ts";
import { handshakesHere } from "../webrtc/here.ts";
import { Rehearsal } from "../webrtc/rehearsal.ts";
import { makeCertificate } from "../webrtc/werift-inside.ts";
import { HandshakeHost } from "./host.ts";
import type { HandshakeThreadCalls } from "./protocol.ts";

/** The entry of the handshake thread: the handshakes of all media workers, each over a port of its own. */
async function main(): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error("this file is the entry of a worker thread");
  const handshakes = handshakesHere();
  const rehearsals = [new Rehearsal("browser-offers", systemClock), new Rehearsal("relay-offers", systemClock)];
  const hosts = new Set<HandshakeHost>();
  const handlers: CallHandlers<HandshakeThreadCalls> = {
    connect: async ({ port: worker }) => {
      const host = new HandshakeHost(handshakes, worker);
      hosts.add(host);
      void host.closed.then(() => hosts.delete(host));
      return undefined;
    },
    count: async () => handshakes.size,
    ping: async () => undefined,
    close: async () => {
      await Promise.all([...rehearsals, ...hosts].map((one) => one.close()));
      return undefined;
    },
  };
  // A fault in a handshake that nobody waits for must not take all others with it.
  process.on("unhandledRejection", (cause) => port.postMessage([{ kind: "fault", message: String(cause) }]));
  await makeCertificate();
  const take = async (message: CallOf<HandshakeThreadCalls>): Promise<void> => {
    port.postMessage([await replyTo(message, handlers)]);
    if (message.op === "close") port.close();
  };
  port.on("message", (messages: readonly CallOf<HandshakeThreadCalls>[]) => {
    for (const message of messages) void take(message);
  });
  for (const rehearsal of rehearsals) await rehearsal.play();
  port.postMessage([{ kind: "ready" }]);
}

await main();
