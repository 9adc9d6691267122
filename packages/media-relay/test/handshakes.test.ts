import { MessageChannel, Worker } from "node:worker_threads";
import { describe } from "vitest";
import { HandshakeHost } from "../src/handshake/host.ts";
import { RemoteHandshakes } from "../src/handshake/remote.ts";
import { handshakesHere } from "../src/webrtc/here.ts";
import { handshakeConformance } from "./handshake-conformance.ts";

describe("handshakes in this thread", () => {
  handshakeConformance("127.47.0.1", async () => {
    const handshakes = handshakesHere();
    return { handshakes, close: () => handshakes.close() };
  });
});

describe("handshakes over a port", () => {
  handshakeConformance("127.47.0.2", async () => {
    const [handshakes, here] = [new RemoteHandshakes(), handshakesHere()];
    const { port1, port2 } = new MessageChannel();
    const host = new HandshakeHost(here, port1);
    handshakes.connect(port2);
    return {
      handshakes,
      close: async () => {
        await handshakes.close();
        await host.close();
      },
    };
  });
});

describe("handshakes on a thread of their own", () => {
  handshakeConformance("127.47.0.3", async () => {
    const thread = new Worker(new URL("../src/handshake/main.ts", import.meta.url));
    const { port1, port2 } = new MessageChannel();
    thread.postMessage([{ call: 1, op: "connect", ask: { port: port1 } }], [port1]);
    const handshakes = new RemoteHandshakes();
    handshakes.connect(port2);
    return {
      handshakes,
      close: async () => {
        await handshakes.close();
        await thread.terminate();
      },
    };
  });
});
