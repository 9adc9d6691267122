import { parentPort } from "node:worker_threads";
import type { ToWorker } from "../src/worker/protocol.ts";

const isDeadly = ({ op, ask }: ToWorker): boolean =>
  op === "sourceLeg" && "source" in ask && ask.source.kind === "tone" && ask.source.hz[0] === 666;

// A media worker that dies when it is asked for a tone of 666 Hz.
parentPort?.on("message", (messages: readonly ToWorker[]) => {
  if (messages.some(isDeadly)) throw new Error("the thread was told to die");
});
await import("../src/worker/main.ts");
