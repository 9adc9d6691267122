import { setImmediate } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { RemoteHandshakes } from "../handshake/remote.ts";
import { Outbox } from "../kernel/outbox.ts";
import { rehearse } from "../leg/rehearsal.ts";
import type { RelayOptions } from "../session/api.ts";
import { LocalRelay } from "../session/relay.ts";
import { WorkerHost } from "./host.ts";
import type { FromWorker, ToWorker } from "./protocol.ts";

/** The entry of a media worker: one relay, asked over the parent's port until it is closed. */
async function main(options: RelayOptions): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error("this file is the entry of a worker thread");
  const outbox = new Outbox<FromWorker>((messages) => port.postMessage(messages));
  const post = (message: FromWorker): void => outbox.add(message);
  const handshakes = new RemoteHandshakes();
  const host = new WorkerHost(new LocalRelay(options, handshakes), handshakes, post);
  // A fault that nobody waits for must not take every other call of this thread with it.
  process.on("unhandledRejection", (cause) => post({ kind: "fault", message: String(cause) }));
  const take = async (message: ToWorker): Promise<void> => {
    await host.take(message);
    if (message.op !== "closeRelay") return;
    outbox.flush();
    port.close();
  };
  port.on("message", (messages: readonly ToWorker[]) => {
    for (const message of messages) void take(message);
  });
  post({ kind: "ready" });
  // A rehearsal that fails costs nobody anything.
  await rehearse(() => setImmediate()).catch(() => {});
}

await main(workerData as RelayOptions);
