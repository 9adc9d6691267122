import type { Clock } from "../kernel/clock.ts";
import { formatMessage } from "../message/format.ts";
import type { SipRequest } from "../message/message.ts";
import { type Address, addressText } from "../transport/address.ts";
import type { TransportLayer } from "../transport/layer.ts";
import { ConnectFailed } from "../transport/stream-flow.ts";
import type { Flow } from "../transport/transport.ts";
import type { Way } from "../transport/unsettled-flow.ts";

/** Bytes of a request above which a datagram might be fragmented: within 200 of the MTU of 1500, RFC 3261 section 18.1.1. */
const maxDatagramBytes = 1300;
const rememberMs = 60_000;
const maxRemembered = 64;

/** Moves requests that are too large for a datagram to TCP where there is one, and back where the peer takes none. */
export class LargeRequests {
  readonly #transport: TransportLayer;
  readonly #clock: Clock;
  /** Peers that refused TCP, and until when that is remembered: a peer that drops packets costs seconds each time. */
  readonly #refusing = new Map<string, number>();

  constructor(transport: TransportLayer, clock: Clock) {
    this.#transport = transport;
    this.#clock = clock;
  }

  /** The way of a request (complete with its Via) that is too large for its flow; `undefined`: the flow will do. */
  wayFor(request: SipRequest, flow: Flow): Way | undefined {
    if (flow.transport !== "udp" || !this.#transport.kinds.includes("tcp") || this.#isRefusing(flow.remote))
      return undefined;
    if (formatMessage(request).length <= maxDatagramBytes) return undefined;
    const connection = this.#transport.flowTo("tcp", flow.remote);
    return connection === undefined ? undefined : this.#way(connection, flow);
  }

  #way(connection: Flow, datagrams: Flow): Way {
    return {
      flows: inTurn([connection, datagrams]),
      goesOn: (outcome) => {
        const isRefused = outcome instanceof Error && outcome.cause instanceof ConnectFailed;
        if (isRefused) this.#remember(datagrams.remote);
        return isRefused;
      },
      take: (request) => request,
    };
  }

  #isRefusing(remote: Address): boolean {
    return this.#clock.nowMs() < (this.#refusing.get(addressText(remote)) ?? Number.NEGATIVE_INFINITY);
  }

  #remember(remote: Address): void {
    const [oldest] = this.#refusing.keys();
    if (this.#refusing.size >= maxRemembered && oldest !== undefined) this.#refusing.delete(oldest);
    this.#refusing.set(addressText(remote), this.#clock.nowMs() + rememberMs);
  }
}

async function* inTurn(flows: readonly Flow[]): AsyncGenerator<Flow> {
  yield* flows;
}
