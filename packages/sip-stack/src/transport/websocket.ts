import { type Clock, systemClock } from "../kernel/clock.ts";
import type { Address } from "./address.ts";
import type { AdoptedSocket } from "./adopted-socket.ts";
import type { Flow, Transport, TransportSink } from "./transport.ts";
import { type AdoptedFlow, type SocketOpener, WebSocketFlow, type WebSocketLimits } from "./websocket-flow.ts";

/** Limits of a WebSocket transport. `pingMs`: how often each peer is asked for a sign of life. */
export type WebSocketOptions = {
  readonly maxFlows?: number;
  readonly pingMs?: number;
  readonly maxBufferedBytes?: number;
  readonly clock?: Clock;
};

/** A transport whose connections someone else has accepted. */
export interface WebSocketTransport extends Transport {
  /** Takes a socket over. Above `maxFlows` the socket is closed with 1013 and the flow returned is not open. */
  adopt(socket: AdoptedSocket, opener: SocketOpener): AdoptedFlow;
}

const tryAgainLater = 1013;
const goingAway = 1001;

class AdoptingTransport implements WebSocketTransport {
  readonly kind = "ws";
  readonly reliable = true;
  readonly local: Address = { address: "0.0.0.0", port: 0 };
  readonly #clock: Clock;
  readonly #limits: WebSocketLimits;
  readonly #maxFlows: number;
  readonly #flows = new Map<string, WebSocketFlow>();
  #sink: TransportSink | undefined;
  #serial = 0;

  constructor(options: WebSocketOptions) {
    this.#clock = options.clock ?? systemClock;
    this.#maxFlows = options.maxFlows ?? 1000;
    this.#limits = { pingMs: options.pingMs ?? 30_000, maxBufferedBytes: options.maxBufferedBytes ?? 2 ** 20 };
  }

  adopt(socket: AdoptedSocket, opener: SocketOpener): AdoptedFlow {
    this.#serial += 1;
    const wiring = { clock: this.#clock, limits: this.#limits, report: () => this.#sink };
    const flow = new WebSocketFlow(`ws ${this.#serial}`, socket, opener, wiring);
    if (this.#flows.size >= this.#maxFlows) return this.#turnAway(flow);
    this.#flows.set(flow.id, flow);
    flow.start(() => this.#forget(flow));
    return flow;
  }

  send(bytes: Uint8Array, to: Flow): void {
    const flow = this.#flows.get(to.id);
    if (flow !== undefined) flow.send(bytes);
    else this.#clock.after(0, () => this.#sink?.onFailure(to, new Error("the WebSocket is closed")));
  }

  async listen(sink: TransportSink): Promise<void> {
    this.#sink = sink;
  }

  flowTo(): undefined {
    return undefined;
  }

  async close(): Promise<void> {
    for (const flow of this.#flows.values()) flow.close(goingAway, "closing");
    this.#flows.clear();
    this.#sink = undefined;
  }

  #turnAway(flow: WebSocketFlow): AdoptedFlow {
    flow.close(tryAgainLater, "too many connections");
    this.#sink?.onRefused(flow, "websocket-flows");
    return flow;
  }

  #forget(flow: WebSocketFlow): void {
    if (this.#flows.delete(flow.id)) this.#sink?.onClosed(flow);
  }
}

/** SIP over WebSocket, RFC 7118, for sockets that the application accepted (and so knows who opened them). */
export function webSocketTransport(options: WebSocketOptions = {}): WebSocketTransport {
  return new AdoptingTransport(options);
}
