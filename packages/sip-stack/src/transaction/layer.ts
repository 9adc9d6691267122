import type { Clock } from "../kernel/clock.ts";
import { newBranch, type RandomBytes } from "../kernel/random.ts";
import { headers } from "../message/headers.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import { formatVia } from "../message/via.ts";
import { type Address, hostText } from "../transport/address.ts";
import type { TransportLayer } from "../transport/layer.ts";
import { responseTo, tagOf } from "../transport/reply.ts";
import type { Sent } from "../transport/sent.ts";
import type { Flow } from "../transport/transport.ts";
import { UnsettledFlow, type Way } from "../transport/unsettled-flow.ts";
import { Attempts, type StartAttempt } from "./attempts.ts";
import { ClientTransactions } from "./clients.ts";
import { cancelOf } from "./derived-requests.ts";
import { LargeRequests } from "./large-requests.ts";
import { TransactionPorts } from "./ports.ts";
import { type NoRoom, Quotas } from "./quotas.ts";
import { ServerTransactions } from "./servers.ts";
import type { TimerBase } from "./timers.ts";
import type { ClientTransaction, ClientUser, ServerTransaction } from "./transaction.ts";

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

/** The INVITE that a CANCEL names: the To tag of its responses, once one had a tag. */
export type CancelledInvite = { readonly toTag: string | undefined };

/** Hears of requests that are new. */
export interface TransactionUser {
  /** Anything but ACK and CANCEL. */
  onRequest(transaction: ServerTransaction): void;
  /** A CANCEL that wants its answer; `invite`: its INVITE, while that exists, is told of it afterwards. */
  onCancel(cancel: ServerTransaction, invite: CancelledInvite | undefined): void;
  /** An ACK for a 2xx: it belongs to a dialog, not to a transaction. */
  onAck(ack: SipRequest, flow: Flow): void;
  onFlowClosed(flow: Flow): void;
}

const retryAfterSeconds = "5";
const indifferent: ClientUser = { onResponse: () => {}, onFailure: () => {} };

/** Matches messages to transactions and bounds their number, RFC 3261 section 17. */
export class TransactionLayer {
  readonly #options: TransactionLayerOptions;
  readonly #ports: TransactionPorts;
  readonly #clients: ClientTransactions;
  readonly #servers: ServerTransactions;
  readonly #quotas: Quotas;
  readonly #large: LargeRequests;
  readonly #attempts = new Set<Attempts>();
  #user: TransactionUser | undefined;

  constructor(options: TransactionLayerOptions) {
    this.#options = options;
    this.#ports = new TransactionPorts(options.transport, options.clock, options.timers);
    this.#clients = new ClientTransactions(this.#ports);
    this.#quotas = new Quotas(options.maxTransactions);
    this.#large = new LargeRequests(options.transport, options.clock);
    this.#servers = new ServerTransactions(this.#ports, { onAck: (ack, flow) => this.#user?.onAck(ack, flow) });
  }

  /** Transactions that exist now. */
  get live(): number {
    return this.#clients.size + this.#servers.size;
  }

  /** Messages that were sent again so far. */
  get retransmitted(): number {
    return this.#ports.repeated;
  }

  async listen(user: TransactionUser): Promise<void> {
    this.#user = user;
    await this.#options.transport.listen({
      onRequest: (request, flow, bytes) => this.#receiveRequest(request, flow, bytes),
      onResponse: (response) => this.#receiveResponse(response),
      onFlowFailed: (flow, cause, unsent) => this.#fail(flow, cause, false, unsent),
      onFlowClosed: (flow) => this.#flowClosed(flow),
      isAwaited: (branch) => this.#clients.isAwaited(branch),
    });
  }

  async close(): Promise<void> {
    for (const attempts of this.#attempts) attempts.stop();
    this.#clients.stop();
    this.#servers.stop();
    await this.#options.transport.close();
  }

  /**
   * Sends a request (not ACK, not CANCEL) in a transaction of its own; Via is put on top here. Where the flow is not
   * settled, or is UDP and the request too large for it, there may be several transactions, one after the other.
   */
  request(request: SipRequest, flow: Flow, user: ClientUser): ClientTransaction {
    const start: StartAttempt = (again, over, hearer) => this.request(again, over, hearer);
    const settled = flow instanceof UnsettledFlow ? flow.settled : flow;
    if (settled === undefined) return this.#attempt(request, (flow as UnsettledFlow).way, user, start);
    const complete = this.#withVia(request, settled);
    const way = this.#large.wayFor(complete, settled);
    if (way !== undefined) return this.#attempt(request, way, user, this.#once);
    return this.#clients.start(complete, settled, user, this.#isFull(request));
  }

  /** Cancels an INVITE that has had a provisional response; what becomes of the CANCEL itself does not matter. */
  cancel(invite: ClientTransaction, extra: Iterable<readonly [string, string]> = []): void {
    const cancel = cancelOf(invite.request);
    const request = { ...cancel, headers: cancel.headers.and(headers(extra)) };
    this.#clients.start(request, invite.flow, indifferent, this.#isFull(request));
  }

  /** Sends an ACK for a 2xx: it has no transaction. Returns what was sent, to be sent again with {@link resend}. */
  sendAck(ack: SipRequest, flow: Flow): Sent {
    return this.#ports.send(this.#withVia(ack, flow), flow);
  }

  /** The 2xx came again, so our ACK did not arrive. */
  resend(ack: Sent): void {
    this.#ports.resend(ack);
  }

  readonly #once: StartAttempt = (request, flow, user) =>
    this.#clients.start(this.#withVia(request, flow), flow, user, this.#isFull(request));

  #attempt(request: SipRequest, way: Way, user: ClientUser, start: StartAttempt): ClientTransaction {
    const attempts = new Attempts(request, way, user, start, () => this.#attempts.delete(attempts));
    this.#attempts.add(attempts);
    attempts.start();
    return attempts;
  }

  #withVia(request: SipRequest, flow: Flow): SipRequest {
    const { address, port } = this.#options.sentBy(flow);
    const params = new Map<string, string | undefined>([["branch", newBranch(this.#options.random)]]);
    if (flow.transport === "udp") params.set("rport", undefined);
    const via = formatVia({ transport: flow.transport.toUpperCase(), host: hostText(address), port, params });
    return { ...request, headers: headers([["Via", via]]).and(request.headers) };
  }

  /** Whether there is room for one more request of ours. */
  #isFull(request: SipRequest): boolean {
    const { maxTransactions } = this.#options;
    return this.#clients.size >= (isWithin(request) ? 2 : 1) * maxTransactions;
  }

  #receiveResponse(response: SipResponse): void {
    if (!this.#clients.receive(response)) this.#options.transport.refusals.count("response without a transaction");
  }

  #receiveRequest(request: SipRequest, flow: Flow, bytes: number): void {
    if (this.#isForeignCancel(request, flow)) return this.#refuseCancel(request, flow);
    if (this.#servers.receive(request, flow)) return;
    if (request.method === "ACK") this.#user?.onAck(request, flow);
    else this.#begin(request, flow, bytes);
  }

  #begin(request: SipRequest, flow: Flow, bytes: number): void {
    const standing = this.#options.transport.standingOf(flow);
    const { address } = flow.remote;
    const room = this.#quotas.take({ standing, address, bytes, isWithin: isWithin(request) });
    if (typeof room === "string") this.#refuse(request, flow, room);
    else this.#servers.start(request, flow, this.#present, room);
  }

  readonly #present = (transaction: ServerTransaction): void => {
    if (transaction.request.method === "CANCEL") this.#cancel(transaction);
    else this.#user?.onRequest(transaction);
  };

  #cancel(transaction: ServerTransaction): void {
    const invite = this.#servers.inviteOf(transaction.request);
    this.#user?.onCancel(transaction, invite);
    invite?.cancel(transaction.request);
  }

  /** A CANCEL of an INVITE that came from elsewhere: its sender has only read the INVITE. */
  #isForeignCancel(request: SipRequest, flow: Flow): boolean {
    return request.method === "CANCEL" && this.#servers.inviteOf(request)?.mayCancel(flow) === false;
  }

  /** Makes no transaction: that would take in the CANCEL of the INVITE's own sender, which has the same branch. */
  #refuseCancel(request: SipRequest, flow: Flow): void {
    this.#options.transport.refusals.count("CANCEL of another peer's INVITE");
    this.#options.transport.sendResponse(responseTo(request, 403), flow);
  }

  #refuse(request: SipRequest, flow: Flow, why: NoRoom): void {
    this.#options.transport.refusals.count(why);
    const response = responseTo(request, 503, "overloaded");
    const withRetry = { ...response, headers: response.headers.plus("Retry-After", retryAfterSeconds) };
    this.#options.transport.sendResponse(withRetry, flow);
  }

  #fail(flow: Flow, cause: Error, isClosed: boolean, unsent?: Uint8Array): void {
    this.#clients.fail(flow, cause, isClosed, unsent);
    this.#servers.fail(flow, cause, unsent);
  }

  #flowClosed(flow: Flow): void {
    this.#fail(flow, new Error("the connection is closed"), true);
    this.#user?.onFlowClosed(flow);
  }
}

/** Whether a request ends something that exists: for those there is as much room again. */
function isWithin({ method, headers }: SipRequest): boolean {
  return method === "CANCEL" || tagOf(headers, "To") !== undefined;
}
