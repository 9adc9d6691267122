import type { MessagePort } from "node:worker_threads";
import type { Clock } from "../kernel/clock.ts";
import { WorkerGone } from "../kernel/errors.ts";
import { randomHex, systemRandom } from "../kernel/random.ts";
import type { MediaSession, RelayCounters, SessionUser } from "../session/api.ts";
import { sessionIdOctets } from "../session/relay.ts";
import { LastingThread } from "./lasting-thread.ts";
import type { Thread } from "./link.ts";
import type { Calls, EventOfWorker } from "./protocol.ts";
import { RemoteSession } from "./remote-session.ts";

/** What is reported of a thread. */
export type WorkerReports = {
  readonly onWorkerGone?: (cause: Error) => void;
  readonly onFault?: (cause: Error) => void;
};

/** One media worker and its sessions; when its thread crashes or hangs another takes its place. */
export class MediaWorker {
  readonly #thread: LastingThread<Calls, EventOfWorker>;
  readonly #reports: WorkerReports;
  readonly #sessions = new Map<string, RemoteSession>();
  /** @param onReady called each time that there is a thread. */
  constructor(spawn: () => Thread, clock: Clock, reports: WorkerReports, onReady: (worker: MediaWorker) => void) {
    this.#reports = reports;
    this.#thread = new LastingThread("media worker", spawn, clock, {
      onReady: () => onReady(this),
      onTold: (message) => this.#onTold(message),
      onFault: (cause) => reports.onFault?.(cause),
      onGone: (cause) => this.#onGone(cause),
    });
  }

  get isReady(): boolean {
    return this.#thread.link !== undefined;
  }
  /** Sessions on this worker. */
  get load(): number {
    return this.#sessions.size;
  }

  /** Starts the thread. Rejects when it ends before it is ready. */
  start(): Promise<void> {
    return this.#thread.start();
  }

  /** Gives it a port to the handshake thread. */
  connectHandshakes(port: MessagePort): void {
    // A thread that is gone closes the port with it.
    this.#thread.link?.ask("handshakes", { port }, [port]).catch(() => {});
  }

  /** Opens a session without waiting for the thread, which opens it before whatever is asked of it next. @throws WorkerGone */
  open(user: SessionUser): MediaSession {
    const { link } = this.#thread;
    if (link === undefined) throw new WorkerGone("the media worker is not running");
    const id = randomHex(systemRandom, sessionIdOctets);
    const session = new RemoteSession(id, link, user, () => this.#sessions.delete(id));
    this.#sessions.set(id, session);
    // Whatever is asked of a session that could not be opened fails, and says why.
    link.ask("open", { session: id, listensTo: listensTo(user) }).catch(() => {});
    return session;
  }

  /** A session of this worker by its id. */
  find(id: string): RemoteSession | undefined {
    return this.#sessions.get(id);
  }

  /** `undefined` while the worker is not running. */
  async counters(): Promise<RelayCounters | undefined> {
    return this.#thread.link?.ask("counters", {}).catch(() => undefined);
  }

  async close(): Promise<void> {
    await Promise.all(Array.from(this.#sessions.values(), (session) => session.close()));
    await this.#thread.close((link) => link.ask("closeRelay", {}));
  }

  #onTold(message: EventOfWorker): void {
    const session = this.#sessions.get(message.session);
    if (message.kind === "told") session?.tell(message.leg, message.event);
    else session?.measured(message.legs);
  }

  #onGone(cause: Error): void {
    const lost = [...this.#sessions.values()];
    this.#sessions.clear();
    for (const session of lost) session.lose(cause);
    this.#reports.onWorkerGone?.(cause);
  }
}

const listensTo = ({ onStatistics, onClosed }: SessionUser): ("statistics" | "closed")[] => [
  ...(onStatistics === undefined ? [] : (["statistics"] as const)),
  ...(onClosed === undefined ? [] : (["closed"] as const)),
];
