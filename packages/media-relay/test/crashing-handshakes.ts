import { type MessagePort, parentPort } from "node:worker_threads";
import type { ToHandshakes } from "../src/handshake/protocol.ts";

// A handshake thread that dies when it is given a description that says so.
parentPort?.on("message", ({ op, ask }: { op: string; ask: { port: MessagePort } }) => {
  if (op !== "connect") return;
  ask.port.on("message", (message: ToHandshakes) => {
    if (
      message.kind === "call" &&
      message.op === "answer" &&
      "sdp" in message.ask &&
      message.ask.sdp.includes("a=die")
    ) {
      throw new Error("the thread was told to die");
    }
  });
});
await import("../src/handshake/main.ts");
