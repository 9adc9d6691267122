import type { SipRequest } from "../message/message.ts";
import type { Flow } from "../transport/transport.ts";
import { InviteServerTransaction } from "./invite-server.ts";
import { serverKey } from "./key.ts";
import type { TransactionPorts } from "./ports.ts";
import { NonInviteServerTransaction } from "./server.ts";
import type { ServerMachine, ServerTransaction } from "./transaction.ts";

/** The server transactions that exist now, found by what their client put into Via. */
export class ServerTransactions {
  readonly #ports: TransactionPorts;
  readonly #onAck: (ack: SipRequest, flow: Flow) => void;
  readonly #live = new Map<string, ServerMachine>();

  constructor(ports: TransactionPorts, onAck: (ack: SipRequest, flow: Flow) => void) {
    this.#ports = ports;
    this.#onAck = onAck;
  }

  get size(): number {
    return this.#live.size;
  }

  /** Gives the request to the transaction that it repeats or acknowledges; false when there is none. */
  receive(request: SipRequest): boolean {
    const transaction = this.#live.get(serverKey(request));
    transaction?.receive(request);
    return transaction !== undefined;
  }

  start(request: SipRequest, flow: Flow): ServerTransaction {
    const key = serverKey(request);
    const port = this.#ports.open(flow, () => this.#live.delete(key));
    const transaction =
      request.method === "INVITE"
        ? new InviteServerTransaction(request, port, (ack) => this.#onAck(ack, flow))
        : new NonInviteServerTransaction(request, port);
    this.#live.set(key, transaction);
    transaction.start();
    return transaction;
  }

  /** The INVITE that a CANCEL names, RFC 3261 section 9.2. */
  inviteOf(cancel: SipRequest): ServerTransaction | undefined {
    return this.#live.get(serverKey(cancel, "INVITE"));
  }

  fail(flow: Flow, cause: Error): void {
    for (const transaction of [...this.#live.values()]) {
      if (transaction.flow.id === flow.id) transaction.fail(cause);
    }
  }

  stop(): void {
    for (const transaction of this.#live.values()) transaction.stop();
    this.#live.clear();
  }
}
