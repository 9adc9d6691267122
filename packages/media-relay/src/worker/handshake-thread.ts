import { MessageChannel } from "node:worker_threads";
import type { HandshakeThreadCalls } from "../handshake/protocol.ts";
import type { Clock } from "../kernel/clock.ts";
import { LastingThread } from "./lasting-thread.ts";
import type { Thread } from "./link.ts";
import type { MediaWorker, WorkerReports } from "./media-worker.ts";

/** The handshake thread of a relay; when it crashes or hangs another takes its place. */
export class HandshakeThread {
  readonly #thread: LastingThread<HandshakeThreadCalls>;
  /** @param onReady called each time that there is a thread. */
  constructor(spawn: () => Thread, clock: Clock, reports: WorkerReports, onReady: () => void) {
    this.#thread = new LastingThread("handshake thread", spawn, clock, {
      onReady,
      onTold: () => {},
      onFault: (cause) => reports.onFault?.(cause),
      onGone: (cause) => reports.onWorkerGone?.(cause),
    });
  }

  /** Starts the thread. Rejects when it ends before it is ready. */
  start(): Promise<void> {
    return this.#thread.start();
  }

  /** Gives the thread and a media worker, when both are there, the two ends of a channel of their own. */
  join(worker: MediaWorker): void {
    const { link } = this.#thread;
    if (link === undefined || !worker.isReady) return;
    const { port1, port2 } = new MessageChannel();
    // A thread that is gone closes the port with it.
    link.ask("connect", { port: port1 }, [port1]).catch(() => {});
    worker.connectHandshakes(port2);
  }

  /** Handshakes that are open on the thread. */
  async count(): Promise<number> {
    return (await this.#thread.link?.ask("count", {}).catch(() => 0)) ?? 0;
  }

  close(): Promise<void> {
    return this.#thread.close((link) => link.ask("close", {}));
  }
}
