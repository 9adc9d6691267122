import { type MessagePort, parentPort } from "node:worker_threads";
import type { HandshakeThreadCalls, ToHandshakes } from "../src/handshake/protocol.ts";
import type { CallOf } from "../src/kernel/calls.ts";

const isEndless = (message: ToHandshakes): boolean =>
  message.kind === "call" && message.op === "answer" && "sdp" in message.ask && message.ask.sdp.includes("a=hang");

function hang(): never {
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

const listen = (port: MessagePort): unknown =>
  port.on("message", (message: ToHandshakes) => (isEndless(message) ? hang() : undefined));

// A handshake thread that never comes back when it is given a description that says so.
parentPort?.on("message", (calls: readonly CallOf<HandshakeThreadCalls>[]) => {
  for (const { ask } of calls) if ("port" in ask) listen(ask.port);
});
await import("../src/handshake/main.ts");
