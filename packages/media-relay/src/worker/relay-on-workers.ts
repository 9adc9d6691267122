import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { systemClock } from "../kernel/clock.ts";
import { SessionClosed, SessionsFull, WorkerGone } from "../kernel/errors.ts";
import type {
  MediaRelay,
  MediaSession,
  RelayCounters,
  RelayOptions,
  SessionUser,
  Splice,
  SpliceEnd,
} from "../session/api.ts";
import { entryOf } from "./entry.ts";
import { HandshakeThread } from "./handshake-thread.ts";
import { MediaWorker } from "./media-worker.ts";
import { portSlices } from "./port-slices.ts";
import { type RemoteEnd, spliceSessions } from "./splices.ts";

/** The files that threads begin with; default those of this package. A bundle passes its own. */
export type WorkerEntries = { readonly media?: URL; readonly handshakes?: URL };

/** How workers are made and what they report. */
export type WorkerOptions = {
  /** Default: one less than there are processors, at least one, at most eight. */
  readonly workers?: number;
  readonly entries?: WorkerEntries;
  /**
   * A thread ended unasked; another takes its place. A media worker's sessions are lost and their legs were reported as failed.
   * With the handshake thread only those legs failed that were not connected yet.
   */
  readonly onWorkerGone?: (cause: Error) => void;
  /** Something inside a worker failed that no session waited for. */
  readonly onFault?: (cause: Error) => void;
};

const defaultSessions = 1000;
const ownEntries = {
  media: entryOf("./main"),
  handshakes: entryOf("../handshake/main"),
};

/** A relay whose sockets and packets are on threads of their own. Rejects with MEDIA_WORKER_GONE when one cannot start. */
export async function relayOnWorkers(options: RelayOptions & WorkerOptions): Promise<MediaRelay> {
  const { handshakes, workers } = threadsOf(options);
  const relay = new WorkersRelay(workers, handshakes, options.limits?.maxSessions ?? defaultSessions);
  try {
    await Promise.all([handshakes.start(), ...workers.map((worker) => worker.start())]);
    return relay;
  } catch (cause) {
    await relay.close();
    throw cause;
  }
}

/** Whichever of two threads comes later brings them together. */
function threadsOf(options: RelayOptions & WorkerOptions) {
  const { media, handshakes: handshakesEntry } = { ...ownEntries, ...options.entries };
  const workers = slicesOf(options).map(
    (slice) =>
      new MediaWorker(
        () => spawn(media, "media", slice),
        systemClock,
        options,
        (worker) => handshakes.join(worker),
      ),
  );
  const handshakes = new HandshakeThread(
    () => spawn(handshakesEntry, "handshakes"),
    systemClock,
    options,
    () => {
      for (const worker of workers) handshakes.join(worker);
    },
  );
  return { handshakes, workers };
}

/** The same options for each worker, but ports of its own. */
function slicesOf(options: RelayOptions & WorkerOptions): readonly RelayOptions[] {
  const { plain, browser, portRestMs, limits, silence, concealment } = options;
  const wanted = options.workers ?? Math.min(8, Math.max(1, availableParallelism() - 1));
  const plainSlices = portSlices(plain.ports, wanted);
  const browserSlices = portSlices(browser.ports, Math.min(wanted, plainSlices.length));
  return portSlices(plain.ports, browserSlices.length).map((ports, index) => ({
    plain: { ...plain, ports },
    browser: { ...browser, ports: browserSlices[index]! },
    ...(portRestMs !== undefined && { portRestMs }),
    ...(limits !== undefined && { limits }),
    ...(silence !== undefined && { silence }),
    ...(concealment !== undefined && { concealment }),
  }));
}

/**
 * A young generation that is collected often stays small, and no collection holds up the packets for long: it would grow with
 * what setting up calls leaves behind (docs/decisions/0014).
 */
const resourceLimits = { maxYoungGenerationSizeMb: 3 };

const spawn = (entry: URL, name: string, workerData?: RelayOptions): Worker =>
  new Worker(entry, { workerData, name, resourceLimits });

class WorkersRelay implements MediaRelay {
  readonly #workers: readonly MediaWorker[];
  readonly #handshakes: HandshakeThread;
  readonly #maxSessions: number;
  #isClosed = false;
  constructor(workers: readonly MediaWorker[], handshakes: HandshakeThread, maxSessions: number) {
    this.#workers = workers;
    this.#handshakes = handshakes;
    this.#maxSessions = maxSessions;
  }

  /** On the worker of the session that it is to be near to, else on the one with the fewest sessions. */
  async open(user: SessionUser, { near }: { readonly near?: MediaSession } = {}): Promise<MediaSession> {
    if (this.#isClosed) throw new SessionClosed("the relay is closed");
    const alive = this.#workers.filter((worker) => worker.isReady);
    const total = alive.reduce((sum, worker) => sum + worker.load, 0);
    if (total >= this.#maxSessions) throw new SessionsFull(`the relay has ${this.#maxSessions} sessions`);
    const [first, ...others] = alive;
    if (first === undefined) throw new WorkerGone("no media worker is running");
    const neighbour = near && alive.find((worker) => worker.find(near.id) !== undefined);
    return (neighbour ?? others.reduce(lessBusy, first)).open(user);
  }

  async splice(a: SpliceEnd, b: SpliceEnd): Promise<Splice> {
    return spliceSessions(this.#found(a), this.#found(b));
  }

  async counters(): Promise<RelayCounters> {
    const each = await Promise.all(this.#workers.map((worker) => worker.counters()));
    const handshakes = await this.#handshakes.count();
    return { ...each.filter((counters) => counters !== undefined).reduce(sum, nothing), handshakes };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#workers.map((worker) => worker.close()));
    await this.#handshakes.close();
  }

  #found({ session: { id }, leg }: SpliceEnd): RemoteEnd {
    const session = this.#workers.map((worker) => worker.find(id)).find((one) => one !== undefined);
    if (session === undefined) throw new SessionClosed(`session ${id} is closed`);
    return { session, leg };
  }
}

const lessBusy = (one: MediaWorker, other: MediaWorker): MediaWorker => (other.load < one.load ? other : one);

const nothing: RelayCounters = {
  sessions: 0,
  legs: 0,
  ports: 0,
  portsResting: 0,
  handshakes: 0,
  timers: 0,
  packets: 0,
  refused: {},
};

const sum = (a: RelayCounters, b: RelayCounters): RelayCounters => ({
  sessions: a.sessions + b.sessions,
  legs: a.legs + b.legs,
  ports: a.ports + b.ports,
  portsResting: a.portsResting + b.portsResting,
  handshakes: a.handshakes + b.handshakes,
  timers: a.timers + b.timers,
  packets: a.packets + b.packets,
  refused: sumOf(a.refused, b.refused),
});

function sumOf(a: RelayCounters["refused"], b: RelayCounters["refused"]): RelayCounters["refused"] {
  const reasons = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Object.fromEntries(Array.from(reasons, (reason) => [reason, (a[reason] ?? 0) + (b[reason] ?? 0)]));
}
