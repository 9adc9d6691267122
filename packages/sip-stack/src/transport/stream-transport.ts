import { isIP, type Socket } from "node:net";
import { type Clock, systemClock } from "../kernel/clock.ts";
import { Acceptor, type Handshake } from "./acceptor.ts";
import { type Address, addressText } from "./address.ts";
import { defaultMaxFlows } from "./seating.ts";
import { type Seat, StreamFlow, type StreamLimits, type StreamPlace } from "./stream-flow.ts";
import { type StreamOptions, streamLimits } from "./stream-options.ts";
import type { Flow, Remote, Transport, TransportSink } from "./transport.ts";

/** What tells TCP from TLS: how connections are opened and what happens to accepted ones before their first byte. */
export interface StreamKind {
  readonly kind: "tcp" | "tls";
  /** Opens a connection from an address of ours; `ready` is the event after which bytes may go. */
  connect(remote: Remote, localAddress: string | undefined): { readonly socket: Socket; readonly ready: string };
  /** Absent: nothing is accepted. */
  readonly handshake: Handshake | undefined;
}

const highestPort = 65_535;
const wildcards = new Set(["0.0.0.0", "::"]);

/** SIP over connections, RFC 3261 section 18: accepted or opened, used again for the address that they lead to. */
export class StreamTransport implements Transport {
  readonly kind: "tcp" | "tls";
  readonly reliable = true;
  readonly #stream: StreamKind;
  readonly #options: StreamOptions;
  readonly #clock: Clock;
  readonly #limits: StreamLimits;
  readonly #acceptor: Acceptor | undefined;
  readonly #flows = new Map<string, StreamFlow>();
  readonly #byRemote = new Map<string, StreamFlow>();
  readonly #openedByUs = new Set<StreamFlow>();
  #port: number;
  #sink: TransportSink | undefined;
  #isClosed = false;
  #serial = 0;
  #onEmpty = (): void => {};

  constructor(stream: StreamKind, options: StreamOptions) {
    this.kind = stream.kind;
    this.#stream = stream;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#limits = streamLimits(options.limits);
    this.#port = options.bind.port;
    if (stream.handshake !== undefined) this.#acceptor = this.#makeAcceptor(stream.handshake);
  }

  get local(): Address {
    return { address: this.#options.bind.address, port: this.#port };
  }

  async listen(sink: TransportSink): Promise<void> {
    this.#sink = sink;
    this.#port = (await this.#acceptor?.listen()) ?? this.#port;
    if (this.#isClosed) await this.#acceptor?.close();
  }

  send(bytes: Uint8Array, to: Flow): void {
    const flow = this.#flows.get(to.id);
    if (flow !== undefined) flow.send(bytes);
    else this.#clock.after(0, () => this.#sink?.onFailure(to, new Error("the connection is closed")));
  }

  owns(flow: Flow): boolean {
    return this.#flows.has(flow.id);
  }

  flowTo(remote: Remote): Flow | undefined {
    if (this.#isClosed || !this.#canReach(remote)) return undefined;
    const flow = this.#byRemote.get(keyOf(remote));
    if (flow?.open) return flow;
    if (this.#hasRoom()) return this.#connect(remote);
    this.#turnAway(remote, "flows");
    return undefined;
  }

  vouch(flow: Flow): void {
    this.#flows.get(flow.id)?.vouch();
  }

  closeRefused(isRefused: (flow: Flow) => boolean): void {
    for (const flow of [...this.#flows.values()]) if (!this.#openedByUs.has(flow) && isRefused(flow)) flow.close();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#sink = undefined;
    const isEmpty = this.#emptied();
    for (const flow of this.#flows.values()) flow.close();
    await Promise.all([isEmpty, this.#acceptor?.close()]);
  }

  #makeAcceptor(handshake: Handshake): Acceptor {
    const options = { ...this.#options, clock: this.#clock, handshake, handshakeMs: this.#limits.connectMs };
    return new Acceptor(options, {
      onAccepted: (socket, remote, local, seat) => this.#adopt(socket, remote, local, seat),
      onTurnedAway: (remote, why) => this.#turnAway(remote, why),
    });
  }

  #hasRoom(): boolean {
    return this.#openedByUs.size < (this.#options.maxFlows ?? defaultMaxFlows);
  }

  #canReach({ address, port }: Remote): boolean {
    const { address: bound } = this.#options.bind;
    // A socket bound to "::" is one for IPv4 too.
    const isFamily = isIP(address) === isIP(bound) || (bound === "::" && isIP(address) === 4);
    return isFamily && port > 0 && port <= highestPort;
  }

  #connect(remote: Remote): Flow {
    const { address } = this.#options.bind;
    const { socket, ready } = this.#stream.connect(remote, wildcards.has(address) ? undefined : address);
    const flow = this.#keep(this.#place(remote, this.local), socket);
    this.#byRemote.set(keyOf(remote), flow);
    this.#openedByUs.add(flow);
    flow.awaitConnection();
    socket.once(ready, () => flow.ready());
    return flow;
  }

  #adopt(socket: Socket, remote: Address, local: Address, seat: Seat): void {
    if (this.#isClosed) {
      socket.destroy();
      return;
    }
    const flow = this.#keep({ ...this.#place(remote, local), seat }, socket);
    // Who connected over TLS has shown no certificate: requests of ours go to whoever shows one.
    if (this.kind === "tcp") this.#byRemote.set(keyOf(remote), flow);
    flow.ready();
  }

  #keep(place: StreamPlace, socket: Socket): StreamFlow {
    const report = (): TransportSink | undefined => this.#sink;
    const wiring = {
      clock: this.#clock,
      limits: this.#limits,
      report,
      onGone: (gone: StreamFlow) => this.#forget(gone),
    };
    const flow = new StreamFlow(place, socket, wiring);
    this.#flows.set(flow.id, flow);
    return flow;
  }

  #place({ address, port, host }: Remote, local: Address): StreamPlace {
    this.#serial += 1;
    const id = `${this.kind} ${addressText(this.local)} ${this.#serial}`;
    return { id, transport: this.kind, local, remote: { address, port }, ...(host !== undefined && { host }) };
  }

  #turnAway(remote: Remote, why: string): void {
    const flow = { ...this.#place(remote, this.local), open: false };
    this.#sink?.onRefused(flow, `${this.kind}-${why}`);
  }

  #forget(flow: StreamFlow): void {
    this.#flows.delete(flow.id);
    this.#openedByUs.delete(flow);
    const key = keyOf({ ...flow.remote, ...(flow.host !== undefined && { host: flow.host }) });
    if (this.#byRemote.get(key) === flow) this.#byRemote.delete(key);
    this.#sink?.onClosed(flow);
    if (this.#flows.size === 0) this.#onEmpty();
  }

  #emptied(): Promise<void> {
    if (this.#flows.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const before = this.#onEmpty;
      this.#onEmpty = () => {
        before();
        resolve();
      };
    });
  }
}

function keyOf({ address, port, host = "" }: Remote): string {
  return `${addressText({ address, port })} ${host.toLowerCase()}`;
}
