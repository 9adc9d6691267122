import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { systemClock } from "../kernel/clock.ts";
import { SessionClosed, SessionsFull, WorkerGone } from "../kernel/errors.ts";
import type { MediaRelay, MediaSession, RelayCounters, RelayOptions, SessionUser } from "../session/api.ts";
import { MediaWorker } from "./media-worker.ts";
import { portSlices } from "./port-slices.ts";

/** How workers are made and what they report. */
export type WorkerOptions = {
  /** Default: one less than there are processors, at least one, at most eight. */
  readonly workers?: number;
  /** The worker's file; default the one beside this. A bundle passes its own. */
  readonly entry?: URL;
  /** A worker ended unasked. Its sessions are lost and their legs were reported as failed; another takes its place. */
  readonly onWorkerGone?: (cause: Error) => void;
  /** Something inside a worker failed that no session waited for. */
  readonly onFault?: (cause: Error) => void;
};

const defaultSessions = 1000;

/** A relay whose sockets and packets are on threads of their own. Rejects with MEDIA_WORKER_GONE when one cannot start. */
export async function relayOnWorkers(options: RelayOptions & WorkerOptions): Promise<MediaRelay> {
  const workers = slicesOf(options).map((slice) => new MediaWorker(() => spawn(options, slice), systemClock, options));
  const relay = new WorkersRelay(workers, options.limits?.maxSessions ?? defaultSessions);
  try {
    await Promise.all(workers.map((worker) => worker.start()));
    return relay;
  } catch (cause) {
    await relay.close();
    throw cause;
  }
}

/** The same options for each worker, but ports of its own. */
function slicesOf(options: RelayOptions & WorkerOptions): readonly RelayOptions[] {
  const { plain, browser, portRestMs, limits } = options;
  const wanted = options.workers ?? Math.min(8, Math.max(1, availableParallelism() - 1));
  const plainSlices = portSlices(plain.ports, wanted);
  const browserSlices = portSlices(browser.ports, Math.min(wanted, plainSlices.length));
  return portSlices(plain.ports, browserSlices.length).map((ports, index) => ({
    plain: { ...plain, ports },
    browser: { ...browser, ports: browserSlices[index]! },
    ...(portRestMs !== undefined && { portRestMs }),
    ...(limits !== undefined && { limits }),
  }));
}

function spawn({ entry }: WorkerOptions, workerData: RelayOptions): Worker {
  return new Worker(entry ?? new URL("./main.ts", import.meta.url), { workerData, name: "media" });
}

class WorkersRelay implements MediaRelay {
  readonly #workers: readonly MediaWorker[];
  readonly #maxSessions: number;
  #isClosed = false;
  constructor(workers: readonly MediaWorker[], maxSessions: number) {
    this.#workers = workers;
    this.#maxSessions = maxSessions;
  }

  /** On the worker with the fewest sessions. */
  async open(user: SessionUser): Promise<MediaSession> {
    if (this.#isClosed) throw new SessionClosed("the relay is closed");
    const alive = this.#workers.filter((worker) => worker.isReady);
    const total = alive.reduce((sum, worker) => sum + worker.load, 0);
    if (total >= this.#maxSessions) throw new SessionsFull(`the relay has ${this.#maxSessions} sessions`);
    const [first, ...others] = alive;
    if (first === undefined) throw new WorkerGone("no media worker is running");
    return others.reduce((best, worker) => (worker.load < best.load ? worker : best), first).open(user);
  }

  async counters(): Promise<RelayCounters> {
    const each = await Promise.all(this.#workers.map((worker) => worker.counters()));
    return each.filter((counters) => counters !== undefined).reduce(sum, nothing);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#workers.map((worker) => worker.close()));
  }
}

const nothing: RelayCounters = {
  sessions: 0,
  legs: 0,
  ports: 0,
  portsResting: 0,
  timers: 0,
  packets: 0,
  refused: {},
};

const sum = (a: RelayCounters, b: RelayCounters): RelayCounters => ({
  sessions: a.sessions + b.sessions,
  legs: a.legs + b.legs,
  ports: a.ports + b.ports,
  portsResting: a.portsResting + b.portsResting,
  timers: a.timers + b.timers,
  packets: a.packets + b.packets,
  refused: sumOf(a.refused, b.refused),
});

function sumOf(a: RelayCounters["refused"], b: RelayCounters["refused"]): RelayCounters["refused"] {
  const reasons = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Object.fromEntries(Array.from(reasons, (reason) => [reason, (a[reason] ?? 0) + (b[reason] ?? 0)]));
}
