import type { Clock } from "../kernel/clock.ts";
import { WorkerGone } from "../kernel/errors.ts";
import type { MediaSession, RelayCounters, SessionUser } from "../session/api.ts";
import { type LinkUser, type Thread, WorkerLink } from "./link.ts";
import { RemoteSession } from "./remote-session.ts";

/** A crashed worker is replaced after so long: a worker that cannot live must not eat a processor. */
const replaceAfterMs = 1000;
/** A worker that was asked to end and still has something open is ended. */
const endWithinMs = 3000;

/** What is reported of a worker. */
export type WorkerReports = {
  readonly onWorkerGone?: (cause: Error) => void;
  readonly onFault?: (cause: Error) => void;
};

/** One media worker and its sessions; when its thread crashes another takes its place. */
export class MediaWorker {
  readonly #spawn: () => Thread;
  readonly #clock: Clock;
  readonly #reports: WorkerReports;
  readonly #sessions = new Map<string, RemoteSession>();
  #link: WorkerLink | undefined;
  #opening = 0;
  #isReady = false;
  #isClosed = false;
  #cancelReplacement: () => void = () => {};
  constructor(spawn: () => Thread, clock: Clock, reports: WorkerReports) {
    this.#spawn = spawn;
    this.#clock = clock;
    this.#reports = reports;
  }

  get isReady(): boolean {
    return this.#isReady;
  }
  /** Sessions on this worker, those being opened included. */
  get load(): number {
    return this.#sessions.size + this.#opening;
  }

  /** Starts the thread. Rejects when it ends before it is ready. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#link = new WorkerLink(this.#spawn(), this.#linkUser(resolve, reject));
    });
  }

  async open(user: SessionUser): Promise<MediaSession> {
    const link = this.#link;
    if (link === undefined) throw new WorkerGone("the media worker is not running");
    this.#opening += 1;
    try {
      const { session: id } = await link.ask("open", {});
      const session = new RemoteSession(id, link, user, () => this.#sessions.delete(id));
      this.#sessions.set(id, session);
      return session;
    } finally {
      this.#opening -= 1;
    }
  }

  /** `undefined` while the worker is not running. */
  async counters(): Promise<RelayCounters | undefined> {
    return this.#isReady ? this.#link?.ask("counters", {}).catch(() => undefined) : undefined;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelReplacement();
    await Promise.all(Array.from(this.#sessions.values(), (session) => session.close()));
    if (this.#link !== undefined) await this.#end(this.#link);
  }

  async #end(link: WorkerLink): Promise<void> {
    link.expectEnd();
    const cancel = this.#clock.after(endWithinMs, () => void link.terminate());
    await link.ask("closeRelay", {}).catch(() => {});
    await link.exited;
    cancel();
  }

  #linkUser(onReady: () => void, onNeverReady: (cause: Error) => void): LinkUser {
    return {
      onReady: () => {
        this.#isReady = true;
        onReady();
      },
      onTold: ({ session, leg, tidings }) => this.#sessions.get(session)?.tell(leg, tidings),
      onFault: (cause) => this.#reports.onFault?.(cause),
      onGone: (cause) => {
        onNeverReady(cause);
        this.#onGone(cause);
      },
    };
  }

  #onGone(cause: Error): void {
    const wasReady = this.#isReady;
    const lost = [...this.#sessions.values()];
    this.#isReady = false;
    this.#link = undefined;
    this.#sessions.clear();
    for (const session of lost) session.lose(cause);
    if (wasReady) this.#reports.onWorkerGone?.(cause);
    if (!this.#isClosed && wasReady) this.#replaceLater();
  }

  #replaceLater(): void {
    this.#cancelReplacement = this.#clock.after(replaceAfterMs, () => {
      this.start().catch(() => this.#isClosed || this.#replaceLater());
    });
  }
}
