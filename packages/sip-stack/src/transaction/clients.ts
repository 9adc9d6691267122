import { Closed, Overloaded, type SipError, TransportFailed } from "../kernel/errors.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import type { Flow } from "../transport/transport.ts";
import { NonInviteClientTransaction } from "./client.ts";
import { InviteClientTransaction } from "./invite-client.ts";
import { clientKey } from "./key.ts";
import type { TransactionPorts } from "./ports.ts";
import type { ClientMachine, ClientTransaction, ClientUser } from "./transaction.ts";

/** The client transactions that exist now, found by branch and method. */
export class ClientTransactions {
  readonly #ports: TransactionPorts;
  readonly #live = new Map<string, ClientMachine>();
  readonly #users = new Map<string, ClientUser>();

  constructor(ports: TransactionPorts) {
    this.#ports = ports;
  }

  get size(): number {
    return this.#live.size;
  }

  /** Starts a transaction; where there is an obstacle, `user` hears of it on a later turn. */
  start(request: SipRequest, flow: Flow, user: ClientUser, isFull: boolean): ClientTransaction {
    const key = clientKey(request);
    const port = this.#ports.open(flow, () => this.#forget(key));
    const Kind = request.method === "INVITE" ? InviteClientTransaction : NonInviteClientTransaction;
    const transaction = new Kind(request, user, port);
    const obstacle = obstacleOn(flow, isFull);
    if (obstacle === undefined) {
      this.#live.set(key, transaction);
      this.#users.set(key, user);
      transaction.start();
    } else queueMicrotask(() => user.onFailure(obstacle));
    return transaction;
  }

  /** False when the response belongs to none of them. */
  receive(response: SipResponse): boolean {
    const transaction = this.#live.get(clientKey(response));
    transaction?.receive(response);
    return transaction !== undefined;
  }

  fail(flow: Flow, cause: Error, isClosed: boolean): void {
    for (const transaction of [...this.#live.values()]) {
      if (transaction.flow.id === flow.id) transaction.fail(cause, isClosed);
    }
  }

  /** Ends all of them; their users hear it on a later turn. */
  stop(): void {
    for (const transaction of this.#live.values()) transaction.stop();
    for (const user of this.#users.values()) queueMicrotask(() => user.onFailure(new Closed()));
    this.#live.clear();
    this.#users.clear();
  }

  #forget(key: string): void {
    this.#live.delete(key);
    this.#users.delete(key);
  }
}

function obstacleOn(flow: Flow, isFull: boolean): SipError | undefined {
  if (!flow.open) return new TransportFailed("the flow is closed or leads nowhere");
  return isFull ? new Overloaded("too many transactions") : undefined;
}
