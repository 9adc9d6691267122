import type { SipRequest, SipResponse } from "../message/message.ts";
import { type Flow, isSameFlow } from "../transport/transport.ts";
import { type AckUser, InviteServerTransaction } from "./invite-server.ts";
import { serverKey } from "./key.ts";
import type { TransactionPorts } from "./ports.ts";
import { NonInviteServerTransaction } from "./server.ts";
import type { ServerMachine, ServerTransaction, ServerUser } from "./transaction.ts";

/** The server transactions that exist now, found by what their client put into Via. */
export class ServerTransactions {
  readonly #ports: TransactionPorts;
  readonly #acks: AckUser;
  readonly #live = new Map<string, ServerMachine>();

  constructor(ports: TransactionPorts, acks: AckUser) {
    this.#ports = ports;
    this.#acks = acks;
  }

  get size(): number {
    return this.#live.size;
  }

  /** Gives the request to the transaction that it repeats or acknowledges; false when there is none. */
  receive(request: SipRequest, flow: Flow): boolean {
    const machine = this.#live.get(serverKey(request));
    machine?.receive(request, flow);
    return machine !== undefined;
  }

  /**
   * Makes the transaction of a new request, has it presented, and waits for what is not answered by then. `onEnded` runs
   * when it is over, unless it is stopped.
   */
  start(request: SipRequest, flow: Flow, present: (transaction: ServerTransaction) => void, onEnded: () => void): void {
    const key = serverKey(request);
    const port = this.#ports.open(flow, this.#live, key, onEnded);
    const machine =
      request.method === "INVITE"
        ? new InviteServerTransaction(request, port, this.#acks)
        : new NonInviteServerTransaction(port);
    this.#live.set(key, machine);
    present(new ReceivedRequest(request, machine));
    machine.start();
  }

  /** The INVITE that a CANCEL names, RFC 3261 section 9.2. */
  inviteOf(cancel: SipRequest): ServerMachine | undefined {
    return this.#live.get(serverKey(cancel, "INVITE"));
  }

  /** What was sent on a flow did not go out: `unsent` alone, or without it all that waits there. */
  fail(flow: Flow, cause: Error, unsent?: Uint8Array): void {
    for (const machine of [...this.#live.values()]) {
      const isMeant = unsent === undefined ? isSameFlow(machine.flow, flow) : machine.sent === unsent;
      if (isMeant) machine.fail(cause);
    }
  }

  stop(): void {
    for (const machine of this.#live.values()) machine.stop();
    this.#live.clear();
  }
}

/** A request with its transaction, as whoever answers it holds it. */
class ReceivedRequest implements ServerTransaction {
  readonly request: SipRequest;
  readonly #machine: ServerMachine;

  constructor(request: SipRequest, machine: ServerMachine) {
    this.request = request;
    this.#machine = machine;
  }

  get flow(): Flow {
    return this.#machine.flow;
  }

  respond(response: SipResponse): void {
    this.#machine.respond(response);
  }

  watch(user: ServerUser | undefined): void {
    this.#machine.watch(user);
  }
}
