import type { Clock } from "../kernel/clock.ts";
import type { SipError } from "../kernel/errors.ts";
import type { SipMessage, SipRequest, SipResponse } from "../message/message.ts";
import type { Sent } from "../transport/sent.ts";
import type { Flow } from "../transport/transport.ts";
import type { TimerPlan } from "./timers.ts";

/** What every transaction is given: the time, its timers' lengths and the way out. */
export interface TransactionPort {
  readonly clock: Clock;
  readonly plan: TimerPlan;
  readonly flow: Flow;
  /** Hands a message to the transport. */
  send(message: SipMessage): Sent;
  /** Hands over once more what was sent. */
  resend(sent: Sent): void;
  /**
   * Whether a final response is sent once and forgotten: challenges (RFC 3261 section 26.3.2.4), and whatever goes to a
   * source that has proved nothing. A repeated request is then answered anew.
   */
  isForgotten(status: number): boolean;
  /** A failure response waits for its ACK. False: too many of this source do, and it is not to be repeated. */
  awaitAck(): boolean;
  /** The ACK has come. */
  acknowledged(): void;
  /** The transaction is over and holds nothing any more. */
  ended(): void;
}

/** Who sent a request and hears what becomes of it. */
export interface ClientUser {
  /** Each provisional; then the final response, and for an INVITE every further 2xx. */
  onResponse(response: SipResponse): void;
  /** There will be no final response: a timeout or a transport failure. */
  onFailure(error: SipError): void;
  /** True when nobody waits for an answer any more: no other place is tried. */
  readonly isOver?: boolean;
}

/** A request of ours under way. */
export interface ClientTransaction {
  readonly request: SipRequest;
  readonly flow: Flow;
  /** Gives up an INVITE whose CANCEL had no effect, RFC 3261 section 9.1. */
  abandon(): void;
  /**
   * The dialog that an open INVITE was sent in is over. Its final response may be lost for good, and after a
   * provisional no timer waits for it (RFC 3261 section 17.1.1.2): it times out after 64*T1.
   */
  expire(): void;
}

/** Who answers a request of the peer's. */
export interface ServerUser {
  /** A response cannot be delivered, or an ACK for a failure never came. */
  onFailure?(error: SipError): void;
  /** The peer takes its INVITE back; the CANCEL itself is answered. */
  onCancel?(cancel: SipRequest): void;
  /** Whether a CANCEL over this flow is the peer's; without this method only one from its own address is. */
  mayCancel?(flow: Flow): boolean;
}

/** A request of the peer's that wants responses. */
export interface ServerTransaction {
  readonly request: SipRequest;
  readonly flow: Flow;
  /** Sends a response; after a final one only a 2xx to an INVITE is sent again, everything else is ignored. */
  respond(response: SipResponse): void;
  /** `user` hears from now on what becomes of it; `undefined`: nobody. */
  watch(user: ServerUser | undefined): void;
}

/** What reaches a transaction from the network. */
export interface ClientMachine {
  readonly flow: Flow;
  start(): void;
  receive(response: SipResponse): void;
  /** The bytes that were sent last and may be sent again. */
  readonly sent: Uint8Array | undefined;
  /** What was sent on the flow did not go out, or the flow is closed for good. */
  fail(cause: Error, isClosed: boolean): void;
  abandon(): void;
  expire(): void;
  /** Ends without a word to the peer; who waits for a response hears `error` on a later turn. */
  stop(error: SipError): void;
}

/**
 * What reaches a transaction from the network. It outlives the request by up to 64*T1 and holds no more than it needs
 * to answer repeats: the request itself is with whoever answers it.
 */
export interface ServerMachine {
  readonly flow: Flow;
  /** The To tag of its responses so far; `undefined` before the first that has one. */
  readonly toTag: string | undefined;
  /** Begins to wait for the answer, unless there is one already. */
  start(): void;
  respond(response: SipResponse): void;
  watch(user: ServerUser | undefined): void;
  receive(request: SipRequest, flow: Flow): void;
  /** Whether a CANCEL over this flow is of whoever sent the request. */
  mayCancel(flow: Flow): boolean;
  cancel(cancel: SipRequest): void;
  /** The bytes that were sent last and may be sent again. */
  readonly sent: Uint8Array | undefined;
  fail(cause: Error): void;
  stop(): void;
}
