import { parentPort, workerData } from "node:worker_threads";
import { systemClock } from "../kernel/clock.ts";
import type { RelayOptions } from "../session/api.ts";
import { relayInProcess } from "../session/relay.ts";
import { Rehearsal } from "../webrtc/rehearsal.ts";
import { makeCertificate } from "../webrtc/werift-inside.ts";
import { WorkerHost } from "./host.ts";
import type { FromWorker, ToWorker } from "./protocol.ts";

/** The entry of a media worker: one relay, asked over the parent's port until it is closed. */
async function main(options: RelayOptions): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error("this file is the entry of a worker thread");
  const post = (message: FromWorker): void => port.postMessage(message);
  const host = new WorkerHost(relayInProcess(options), post);
  // A fault in a handshake that nobody waits for must not take every other call of this thread with it.
  process.on("unhandledRejection", (cause) => post({ kind: "fault", message: String(cause) }));
  await makeCertificate();
  const rehearsal = new Rehearsal(systemClock);
  port.on("message", async (message: ToWorker) => {
    await host.take(message);
    if (message.op !== "closeRelay") return;
    await rehearsal.close();
    port.close();
  });
  post({ kind: "ready" });
  rehearsal.start();
}

await main(workerData as RelayOptions);
