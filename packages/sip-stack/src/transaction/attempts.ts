import { Closed, type SipError, TransportFailed } from "../kernel/errors.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import type { Flow } from "../transport/transport.ts";
import type { Way } from "../transport/unsettled-flow.ts";
import type { ClientTransaction, ClientUser } from "./transaction.ts";

/** Starts the transaction of one attempt. */
export type StartAttempt = (request: SipRequest, flow: Flow, user: ClientUser) => ClientTransaction;

/**
 * One request over the flows of a way, each attempt a transaction of its own, until one is answered: RFC 3263 section
 * 4.3 and RFC 3261 section 18.1.1. After a provisional response other than 100 no other flow is tried.
 */
export class Attempts implements ClientTransaction, ClientUser {
  readonly #first: SipRequest;
  readonly #way: Way;
  readonly #user: ClientUser;
  readonly #start: StartAttempt;
  readonly #onSettled: () => void;
  #current: ClientTransaction | undefined;
  #isSettled = false;
  #isSearching = false;

  /** `onSettled` runs once, when no other flow will be tried. */
  constructor(request: SipRequest, way: Way, user: ClientUser, start: StartAttempt, onSettled: () => void) {
    this.#first = request;
    this.#way = way;
    this.#user = user;
    this.#start = start;
    this.#onSettled = onSettled;
  }

  start(): void {
    void this.#advance(() => this.#user.onFailure(new TransportFailed("there is nowhere to send to")));
  }

  get request(): SipRequest {
    return this.#current?.request ?? this.#first;
  }

  get flow(): Flow {
    return this.#current?.flow ?? noFlow;
  }

  get isOver(): boolean {
    return this.#user.isOver === true;
  }

  abandon(): void {
    this.#settle();
    this.#current?.abandon();
  }

  expire(): void {
    this.#settle();
    this.#current?.expire();
  }

  /** The layer closes: no other flow is tried, and who still waits for a flow hears of it. */
  stop(): void {
    this.#settle();
    if (this.#isSearching) this.#user.onFailure(new Closed());
    this.#isSearching = false;
  }

  onResponse(response: SipResponse): void {
    if (this.#goesOn(response)) void this.#advance(() => this.#user.onResponse(response));
    else this.#user.onResponse(response);
  }

  onFailure(error: SipError): void {
    if (this.#goesOn(error)) void this.#advance(() => this.#user.onFailure(error));
    else this.#user.onFailure(error);
  }

  #goesOn(outcome: SipResponse | SipError): boolean {
    if (this.#isSettled || ("status" in outcome && outcome.status === 100)) return false;
    const goesOn = !this.isOver && this.#way.goesOn(outcome);
    if (!goesOn) this.#settle();
    return goesOn;
  }

  async #advance(otherwise: () => void): Promise<void> {
    this.#isSearching = true;
    const flow = await nextOf(this.#way.flows);
    if (!this.#isSearching) return;
    this.#isSearching = false;
    if (flow !== undefined && !this.#isSettled && !this.isOver) {
      this.#current = this.#start(this.#way.take(this.#first, flow), flow, this);
      return;
    }
    this.#settle();
    otherwise();
  }

  #settle(): void {
    this.#isSettled = true;
    this.#onSettled();
  }
}

const nowhere = { address: "0.0.0.0", port: 0 };
const noFlow: Flow = { id: "none", transport: "udp", local: nowhere, remote: nowhere, open: false };

async function nextOf(flows: AsyncIterator<Flow>): Promise<Flow | undefined> {
  const next = await flows.next();
  return next.done === true ? undefined : next.value;
}
