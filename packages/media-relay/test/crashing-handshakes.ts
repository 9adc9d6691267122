import { parentPort } from "node:worker_threads";
import type { HandshakeThreadCalls, ToHandshakes } from "../src/handshake/protocol.ts";
import type { CallOf } from "../src/kernel/calls.ts";

const isDeadly = (message: ToHandshakes): boolean =>
  message.kind === "call" && message.op === "answer" && "sdp" in message.ask && message.ask.sdp.includes("a=die");

// A handshake thread that dies when it is given a description that says so.
parentPort?.on("message", (calls: readonly CallOf<HandshakeThreadCalls>[]) => {
  for (const { ask } of calls) {
    if (!("port" in ask)) continue;
    ask.port.on("message", (message: ToHandshakes) => {
      if (isDeadly(message)) throw new Error("the thread was told to die");
    });
  }
});
await import("../src/handshake/main.ts");
