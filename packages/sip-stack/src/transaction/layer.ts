import type { Clock } from "../kernel/clock.ts";
import { Overloaded, TransportFailed } from "../kernel/errors.ts";
import { newBranch, type RandomBytes } from "../kernel/random.ts";
import { headers } from "../message/headers.ts";
import type { SipMessage, SipRequest, SipResponse } from "../message/message.ts";
import { formatVia } from "../message/via.ts";
import { type Address, hostText } from "../transport/address.ts";
import type { TransportLayer } from "../transport/layer.ts";
import { responseTo } from "../transport/reply.ts";
import { type Flow, isReliable } from "../transport/transport.ts";
import { NonInviteClientTransaction } from "./client.ts";
import { cancelOf } from "./derived-requests.ts";
import { InviteClientTransaction } from "./invite-client.ts";
import { InviteServerTransaction } from "./invite-server.ts";
import { clientKey, serverKey } from "./key.ts";
import { NonInviteServerTransaction } from "./server.ts";
import { type TimerBase, timerPlan } from "./timers.ts";
import type {
  ClientMachine,
  ClientTransaction,
  ClientUser,
  ServerMachine,
  ServerTransaction,
  TransactionPort,
} from "./transaction.ts";

/** What a transaction layer works with. */
export type TransactionLayerOptions = {
  readonly transport: TransportLayer;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly maxTransactions: number;
  readonly timers?: TimerBase | undefined;
  /** The host and port that Via shows for a flow. */
  readonly sentBy: (flow: Flow) => Address;
};

/** Hears of requests that are new. */
export interface TransactionUser {
  /** Anything but ACK and CANCEL. */
  onRequest(transaction: ServerTransaction): void;
  /** A CANCEL with the INVITE that it names, if that is still there. */
  onCancel(cancel: ServerTransaction, invite: ServerTransaction | undefined): void;
  /** An ACK for a 2xx: it belongs to a dialog, not to a transaction. */
  onAck(ack: SipRequest, flow: Flow): void;
  onFlowClosed(flow: Flow): void;
}

const retryAfterSeconds = "5";

/** Matches messages to transactions and bounds their number, RFC 3261 section 17. */
export class TransactionLayer {
  readonly #options: TransactionLayerOptions;
  readonly #clients = new Map<string, ClientMachine>();
  readonly #servers = new Map<string, ServerMachine>();
  #user: TransactionUser | undefined;
  #retransmitted = 0;
  #closed = false;

  constructor(options: TransactionLayerOptions) {
    this.#options = options;
  }

  /** Transactions that exist now. */
  get live(): number {
    return this.#clients.size + this.#servers.size;
  }

  /** Messages that were sent again so far. */
  get retransmitted(): number {
    return this.#retransmitted;
  }

  async listen(user: TransactionUser): Promise<void> {
    this.#user = user;
    await this.#options.transport.listen({
      onRequest: (request, flow) => this.#receiveRequest(request, flow),
      onResponse: (response) => this.#receiveResponse(response),
      onFlowFailed: (flow, cause) => this.#fail(flow, cause, false),
      onFlowClosed: (flow) => this.#flowClosed(flow),
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const transaction of [...this.#clients.values(), ...this.#servers.values()]) transaction.stop();
    this.#clients.clear();
    this.#servers.clear();
    await this.#options.transport.close();
  }

  /** Sends a request (not ACK, not CANCEL) in a transaction of its own; Via is put on top here. */
  request(request: SipRequest, flow: Flow, user: ClientUser): ClientTransaction {
    return this.#startClient(this.#withVia(request, flow), flow, user);
  }

  /** Cancels an INVITE that has had a provisional response; what becomes of the CANCEL itself does not matter. */
  cancel(invite: ClientTransaction, extra: Iterable<readonly [string, string]> = []): void {
    const cancel = cancelOf(invite.request);
    const request = { ...cancel, headers: headers([...cancel.headers, ...extra]) };
    this.#startClient(request, invite.flow, { onResponse: () => {}, onFailure: () => {} });
  }

  /** Sends an ACK for a 2xx: it has no transaction. Returns what was sent, to be sent again with {@link resendAck}. */
  sendAck(ack: SipRequest, flow: Flow): SipRequest {
    const request = this.#withVia(ack, flow);
    this.#options.transport.sendRequest(request, flow);
    return request;
  }

  /** The 2xx came again, so did our ACK not arrive. */
  resendAck(ack: SipRequest, flow: Flow): void {
    this.#retransmitted += 1;
    this.#options.transport.sendRequest(ack, flow);
  }

  #withVia(request: SipRequest, flow: Flow): SipRequest {
    const { address, port } = this.#options.sentBy(flow);
    const params = new Map<string, string | undefined>([["branch", newBranch(this.#options.random)]]);
    if (flow.transport === "udp") params.set("rport", undefined);
    const via = formatVia({ transport: flow.transport.toUpperCase(), host: hostText(address), port, params });
    return { ...request, headers: headers([["Via", via], ...request.headers]) };
  }

  #startClient(request: SipRequest, flow: Flow, user: ClientUser): ClientTransaction {
    const key = clientKey(request);
    const port = this.#port(flow, () => this.#clients.delete(key));
    const transaction =
      request.method === "INVITE"
        ? new InviteClientTransaction(request, user, port)
        : new NonInviteClientTransaction(request, user, port);
    const obstacle = this.#obstacle(flow);
    if (obstacle !== undefined) {
      queueMicrotask(() => user.onFailure(obstacle));
      return transaction;
    }
    this.#clients.set(key, transaction);
    transaction.start();
    return transaction;
  }

  #obstacle(flow: Flow): Overloaded | TransportFailed | undefined {
    if (this.#closed || !flow.open) return new TransportFailed("the flow is closed");
    return this.#isFull() ? new Overloaded("too many transactions") : undefined;
  }

  #isFull(): boolean {
    return this.live >= this.#options.maxTransactions;
  }

  #port(flow: Flow, ended: () => void): TransactionPort {
    const { clock, transport, timers } = this.#options;
    const send = (message: SipMessage, repeated: boolean): void => {
      if (repeated) this.#retransmitted += 1;
      if (message.kind === "request") transport.sendRequest(message, flow);
      else transport.sendResponse(message, flow);
    };
    return { clock, plan: timerPlan(isReliable(flow), timers), flow, send, ended };
  }

  #receiveResponse(response: SipResponse): void {
    const client = this.#clients.get(clientKey(response));
    if (client === undefined) this.#options.transport.refusals.count("response without a transaction");
    else client.receive(response);
  }

  #receiveRequest(request: SipRequest, flow: Flow): void {
    const known = this.#servers.get(serverKey(request));
    if (known !== undefined) known.receive(request);
    else if (request.method === "ACK") this.#user?.onAck(request, flow);
    else if (this.#isFull()) this.#refuse(request, flow);
    else this.#startServer(request, flow);
  }

  #refuse(request: SipRequest, flow: Flow): void {
    this.#options.transport.refusals.count("too many transactions");
    const response = responseTo(request, 503, "overloaded");
    const withRetry = { ...response, headers: response.headers.plus("Retry-After", retryAfterSeconds) };
    this.#options.transport.sendResponse(withRetry, flow);
  }

  #startServer(request: SipRequest, flow: Flow): void {
    const key = serverKey(request);
    const port = this.#port(flow, () => this.#servers.delete(key));
    const transaction =
      request.method === "INVITE"
        ? new InviteServerTransaction(request, port, (ack) => this.#user?.onAck(ack, flow))
        : new NonInviteServerTransaction(request, port);
    this.#servers.set(key, transaction);
    transaction.start();
    if (request.method !== "CANCEL") this.#user?.onRequest(transaction);
    else this.#user?.onCancel(transaction, this.#servers.get(serverKey(request, "INVITE")));
  }

  #fail(flow: Flow, cause: Error, isClosed: boolean): void {
    for (const transaction of [...this.#clients.values(), ...this.#servers.values()]) {
      if (transaction.flow.id === flow.id) transaction.fail(cause, isClosed);
    }
  }

  #flowClosed(flow: Flow): void {
    this.#fail(flow, new Error("the connection is closed"), true);
    this.#user?.onFlowClosed(flow);
  }
}
