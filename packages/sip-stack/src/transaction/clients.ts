import { Closed, Overloaded, type SipError, TransportFailed } from "../kernel/errors.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import { topVia } from "../transport/received.ts";
import { type Flow, isSameFlow } from "../transport/transport.ts";
import { NonInviteClientTransaction } from "./client.ts";
import { InviteClientTransaction } from "./invite-client.ts";
import { clientKey } from "./key.ts";
import type { TransactionPorts } from "./ports.ts";
import type { ClientMachine, ClientTransaction, ClientUser } from "./transaction.ts";

/** The client transactions that exist now, found by branch and method. */
export class ClientTransactions {
  readonly #ports: TransactionPorts;
  readonly #live = new Map<string, ClientMachine>();
  /** How many of them have a branch: an INVITE and its CANCEL have the same. */
  readonly #branches = new Map<string, number>();

  constructor(ports: TransactionPorts) {
    this.#ports = ports;
  }

  get size(): number {
    return this.#live.size;
  }

  /** Starts a transaction; where there is an obstacle, `user` hears of it on a later turn. */
  start(request: SipRequest, flow: Flow, user: ClientUser, isFull: boolean): ClientTransaction {
    const key = clientKey(request);
    const branch = topVia(request)?.params.get("branch") ?? "";
    const port = this.#ports.open(flow, this.#live, key, () => this.#count(branch, -1));
    const Kind = request.method === "INVITE" ? InviteClientTransaction : NonInviteClientTransaction;
    const machine = new Kind(request, user, port);
    const obstacle = obstacleOn(flow, isFull);
    if (obstacle === undefined) {
      this.#live.set(key, machine);
      this.#count(branch, 1);
      machine.start();
    } else queueMicrotask(() => user.onFailure(obstacle));
    return new SentRequest(request, machine);
  }

  /** Whether a request of this branch waits for a response. */
  isAwaited(branch: string): boolean {
    return this.#branches.has(branch);
  }

  /** False when the response belongs to none of them. */
  receive(response: SipResponse): boolean {
    const machine = this.#live.get(clientKey(response));
    machine?.receive(response);
    return machine !== undefined;
  }

  /** What was sent on a flow did not go out: `unsent` alone, or without it all that waits there. */
  fail(flow: Flow, cause: Error, isClosed: boolean, unsent?: Uint8Array): void {
    for (const machine of [...this.#live.values()]) {
      const isMeant = unsent === undefined ? isSameFlow(machine.flow, flow) : machine.sent === unsent;
      if (isMeant) machine.fail(cause, isClosed);
    }
  }

  /** Ends all of them; their users hear it on a later turn. */
  stop(): void {
    for (const machine of this.#live.values()) machine.stop(new Closed());
    this.#live.clear();
    this.#branches.clear();
  }

  #count(branch: string, change: number): void {
    const count = (this.#branches.get(branch) ?? 0) + change;
    if (count > 0) this.#branches.set(branch, count);
    else this.#branches.delete(branch);
  }
}

/** A request with its transaction, as its user holds it: the transaction itself lets go of the request when it can. */
class SentRequest implements ClientTransaction {
  readonly request: SipRequest;
  readonly #machine: ClientMachine;

  constructor(request: SipRequest, machine: ClientMachine) {
    this.request = request;
    this.#machine = machine;
  }

  get flow(): Flow {
    return this.#machine.flow;
  }

  abandon(): void {
    this.#machine.abandon();
  }

  expire(): void {
    this.#machine.expire();
  }
}

function obstacleOn(flow: Flow, isFull: boolean): SipError | undefined {
  if (!flow.open) return new TransportFailed("the flow is closed or leads nowhere");
  return isFull ? new Overloaded("too many transactions") : undefined;
}
