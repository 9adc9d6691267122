import type { Clock } from "../kernel/clock.ts";
import type { Address, DatagramNetwork, DatagramSink, DatagramSocket } from "../kernel/datagrams.ts";
import { NoPort } from "../kernel/errors.ts";

/** The ports a pool may bind and how long a closed one is left alone before it is bound again (day-one row 17). */
export type PortPoolOptions = {
  readonly first: number;
  readonly last: number;
  readonly restMs: number;
};

/** An RTP socket on an even port and an RTCP socket on the odd port above it, RFC 3550 section 11. */
export type SocketPair = { readonly rtp: DatagramSocket; readonly rtcp: DatagramSocket };

/** So many ports in a row that cannot be bound are no coincidence: the address is not ours, or the range is another's. */
const mostFailures = 100;

/**
 * Binds sockets within a range of ports. Ports are taken in turn, so that the one closed longest ago comes next; a port that
 * another process holds is passed over.
 */
export class PortPool {
  readonly #network: DatagramNetwork;
  readonly #clock: Clock;
  readonly #options: PortPoolOptions;
  readonly #busy = new Set<number>();
  readonly #resting = new Map<number, () => void>();
  #next: number;
  /** @param start where in the range to begin, 0 to 1: what a stranger cannot guess he cannot aim at. */
  constructor(network: DatagramNetwork, clock: Clock, options: PortPoolOptions, start: number) {
    this.#network = network;
    this.#clock = clock;
    this.#options = options;
    this.#next = options.first + Math.floor(start * (options.last - options.first + 1));
  }

  /** Ports bound now. */
  get inUse(): number {
    return this.#busy.size;
  }
  /** Ports closed lately. */
  get resting(): number {
    return this.#resting.size;
  }

  /** One socket on any port. Rejects with MEDIA_NO_PORT. */
  takeOne(address: string, sink: DatagramSink): Promise<DatagramSocket> {
    return this.#take(1, ([port]) => this.#bind({ address, port: port! }, sink));
  }

  /** Two sockets, even and odd. Rejects with MEDIA_NO_PORT. */
  takePair(address: string, rtp: DatagramSink, rtcp: DatagramSink): Promise<SocketPair> {
    // Both are begun in one turn, so that nobody else is given the odd port while the even one is being bound.
    return this.#take(2, ([even, odd]) =>
      pairOf(this.#bind({ address, port: even! }, rtp), this.#bind({ address, port: odd! }, rtcp)),
    );
  }

  /** Forgets what rests, so that nothing of this pool is left on the clock. */
  close(): void {
    for (const cancel of this.#resting.values()) cancel();
    this.#resting.clear();
  }

  async #take<T>(width: 1 | 2, bind: (ports: readonly number[]) => Promise<T>): Promise<T> {
    const { first, last } = this.#options;
    let failures = 0;
    let cause: unknown;
    for (const ports of this.#free(width)) {
      try {
        return await bind(ports);
      } catch (error) {
        cause = error;
        failures += 1;
        if (failures >= mostFailures) break;
      }
    }
    const why = cause instanceof Error ? `: ${cause.message}` : "";
    throw new NoPort(`no free port from ${first} to ${last}${why}`, { cause });
  }

  *#free(width: 1 | 2): Generator<readonly number[]> {
    const size = this.#options.last - this.#options.first + 1;
    for (let tried = 0; tried < size; tried += 1) {
      const port = this.#step();
      const ports = width === 1 ? [port] : [port, port + 1];
      const fits = width === 1 || (port % 2 === 0 && port + 1 <= this.#options.last);
      if (fits && ports.every((one) => !this.#busy.has(one) && !this.#resting.has(one))) yield ports;
    }
  }

  #step(): number {
    const port = this.#next;
    this.#next = port >= this.#options.last ? this.#options.first : port + 1;
    return port;
  }

  async #bind(address: Address, sink: DatagramSink): Promise<DatagramSocket> {
    this.#busy.add(address.port);
    try {
      const socket = await this.#network.bind(address, sink);
      return { local: socket.local, send: (bytes, to) => socket.send(bytes, to), close: () => this.#release(socket) };
    } catch (cause) {
      this.#busy.delete(address.port);
      throw cause;
    }
  }

  #release(socket: DatagramSocket): void {
    const { port } = socket.local;
    if (!this.#busy.delete(port)) return;
    socket.close();
    if (this.#options.restMs <= 0) return;
    const cancel = this.#clock.after(this.#options.restMs, () => this.#resting.delete(port));
    this.#resting.set(port, cancel);
  }
}

/** Both sockets, or neither: one that was bound alone is closed. */
async function pairOf(binding: Promise<DatagramSocket>, other: Promise<DatagramSocket>): Promise<SocketPair> {
  const [rtp, rtcp] = await Promise.allSettled([binding, other]);
  if (rtp.status === "fulfilled" && rtcp.status === "fulfilled") return { rtp: rtp.value, rtcp: rtcp.value };
  for (const one of [rtp, rtcp]) if (one.status === "fulfilled") one.value.close();
  throw rtp.status === "rejected" ? rtp.reason : (rtcp as PromiseRejectedResult).reason;
}
