import { isIP } from "node:net";
import { newTag } from "../kernel/random.ts";
import { formatMessage } from "../message/format.ts";
import type { SipMessage, SipRequest, SipResponse } from "../message/message.ts";
import { parseMessage } from "../message/parse.ts";
import type { TransportKind } from "./address.ts";
import { isKeepAlive, keepAliveAnswer } from "./keep-alive.ts";
import type { Admission, TransportLayerOptions, TransportUser } from "./options.ts";
import { branchOfResponse, responsePort, stampReceived } from "./received.ts";
import { Refusals } from "./refusals.ts";
import { responseTo } from "./reply.ts";
import { carrierOf } from "./selection.ts";
import type { Sent } from "./sent.ts";
import type { Standing } from "./standing.ts";
import type { Flow, Remote, Transport } from "./transport.ts";
import { readUnreadable } from "./unreadable.ts";
import { Vouched } from "./vouched.ts";
import type { WireEvent } from "./wire.ts";

/** As much of a message that nobody reads as an operator needs to see what it was. */
const strangerBytes = 512;

const admitted: Admission = { admit: true };

/**
 * Between bytes and messages, RFC 3261 section 18: reads, stamps the top Via, asks the gate, counts what it refuses
 * and shows every message to the observer.
 */
export class TransportLayer {
  readonly refusals = new Refusals();
  readonly #options: TransportLayerOptions;
  readonly #vouched: Vouched;
  readonly #totals = { received: 0, sent: 0 };
  #user: TransportUser | undefined;

  constructor(options: TransportLayerOptions) {
    this.#options = options;
    this.#vouched = new Vouched(options.clock);
  }

  /** Messages so far, refused ones included. */
  get totals(): { readonly received: number; readonly sent: number } {
    return this.#totals;
  }

  /** Opens every transport; when one cannot be opened the others are closed and the promise rejects. */
  async listen(user: TransportUser): Promise<void> {
    this.#user = user;
    try {
      await Promise.all(this.#options.transports.map((transport) => this.#open(transport)));
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#user = undefined;
    await Promise.all(this.#options.transports.map((transport) => transport.close()));
  }

  /** The kinds of transports there are, in the order given. */
  get kinds(): TransportKind[] {
    return [...new Set(this.#options.transports.map(({ kind }) => kind))];
  }

  /** The families of addresses that the transports are bound to. */
  get families(): (4 | 6)[] {
    return ([4, 6] as const).filter((family) =>
      this.#options.transports.some(({ local }) => isIP(local.address) === family || local.address === "::"),
    );
  }

  /** The flow to an address of a kind of transport; `undefined` when there is no way there. */
  flowTo(kind: TransportKind, remote: Remote): Flow | undefined {
    for (const transport of this.#options.transports) {
      const flow = transport.kind === kind ? transport.flowTo(remote) : undefined;
      if (flow !== undefined) return flow;
    }
    return undefined;
  }

  /** The flow's peer has proved who it is: what comes from there is of a known source from now on. */
  vouch(flow: Flow): void {
    this.#vouched.add(flow);
    this.#carrier(flow)?.vouch?.(flow);
  }

  /** Closes the connections that peers have opened and that the source gate no longer admits. */
  closeRefused(): void {
    const { sourceGate, transports } = this.#options;
    const isRefused = (flow: Flow): boolean => sourceGate?.(flow).admit === false;
    for (const transport of transports) transport.closeRefused?.(isRefused);
  }

  /** How well the source of a flow is known. */
  standingOf(flow: Flow): Standing {
    const standing = this.#options.standingOf?.(flow) ?? "trusted";
    return standing === "unknown" && this.#vouched.has(flow) ? "known" : standing;
  }

  /** Sends a request on a flow. A failure comes later through `onFlowFailed`. */
  sendRequest(request: SipRequest, flow: Flow): Sent {
    return this.#send(request, flow);
  }

  /**
   * Sends a response back on the flow that its request came by, RFC 3261 section 18.2.2 and RFC 3581 section 4.
   * Departs: no connection is opened to what Via says where the request's is gone, and its `maddr` is not followed: no
   * peer's Via makes us send to anybody else.
   */
  sendResponse(response: SipResponse, flow: Flow): Sent {
    const isUdp = flow.transport === "udp";
    const port = isUdp ? responsePort(response, this.standingOf(flow) !== "trusted") : undefined;
    const back = port === undefined ? flow : this.#carrier(flow)?.flowTo({ address: flow.remote.address, port });
    return this.#send(response, back ?? flow);
  }

  /** Sends once more what was sent. */
  resend({ bytes, flow }: Sent): void {
    const read = this.#options.observer === undefined ? undefined : parseMessage(bytes);
    this.#transmit(bytes, flow, read?.ok === true ? read.value : undefined);
  }

  #open(transport: Transport): Promise<void> {
    return transport.listen({
      onMessage: (bytes, flow) => this.#receive(bytes, flow),
      onFailure: (flow, cause, unsent) => this.#user?.onFlowFailed(flow, cause, unsent),
      onClosed: (flow) => this.#flowClosed(flow),
      onRefused: (_flow, why) => this.refusals.count(why),
      onUnframed: (bytes, flow, why, status) => this.#receiveUnframed(bytes, flow, why, status),
    });
  }

  #flowClosed(flow: Flow): void {
    this.#vouched.forget(flow);
    this.#user?.onFlowClosed(flow);
  }

  #carrier(flow: Flow): Transport | undefined {
    return carrierOf(this.#options.transports, flow);
  }

  #send(message: SipMessage, flow: Flow): Sent {
    const bytes = formatMessage(message);
    this.#transmit(bytes, flow, message);
    return { bytes, flow };
  }

  #transmit(bytes: Uint8Array, flow: Flow, message: SipMessage | undefined): void {
    const carrier = this.#carrier(flow);
    this.#totals.sent += 1;
    const outcome = carrier === undefined ? "failed" : "sent";
    this.#observe({ direction: "out", flow, bytes, outcome, ...(message && { message }) });
    if (carrier !== undefined) carrier.send(bytes, flow);
    else this.#options.clock.after(0, () => this.#user?.onFlowFailed(flow, new Error("no transport for this flow")));
  }

  #receive(bytes: Uint8Array, flow: Flow): void {
    if (isKeepAlive(bytes)) {
      this.#answerKeepAlive(bytes, flow);
      return;
    }
    this.#totals.received += 1;
    const admission = this.#options.sourceGate?.(flow) ?? admitted;
    if (!admission.admit && !this.#isAwaited(bytes)) return this.#refuseStranger(admission.why, bytes, flow);
    const message = parseMessage(bytes);
    if (!message.ok) this.#refuseMalformed(bytes, flow, message.why);
    else if (message.value.kind === "request") this.#receiveRequest(message.value, bytes, flow);
    else this.#receiveResponse(message.value, bytes, flow);
  }

  #isAwaited(bytes: Uint8Array): boolean {
    const branch = branchOfResponse(bytes);
    return branch !== undefined && this.#user?.isAwaited?.(branch) === true;
  }

  #receiveUnframed(bytes: Uint8Array, flow: Flow, why: string, status: number): void {
    this.#totals.received += 1;
    const admission = this.#options.sourceGate?.(flow) ?? admitted;
    if (admission.admit) this.#refuseMalformed(bytes, flow, why, status);
    else this.#refuseStranger(admission.why, bytes, flow);
  }

  // More than one Via: it went astray on its way to somebody else, RFC 3261 section 8.1.3.3.
  #receiveResponse(response: SipResponse, bytes: Uint8Array, flow: Flow): void {
    if (response.headers.all("Via").length > 1) {
      this.#refuse("response for another", bytes, flow);
      return;
    }
    this.#observe({ direction: "in", flow, bytes, outcome: "accepted", message: response });
    this.#user?.onResponse(response, flow);
  }

  #receiveRequest(received: SipRequest, bytes: Uint8Array, flow: Flow): void {
    const request = stampReceived(received, flow);
    const admission = this.#ask(flow, request);
    if (!admission.admit) {
      this.#refuse(admission.why, bytes, flow, received);
      return;
    }
    this.#observe({ direction: "in", flow, bytes, outcome: "accepted", message: received });
    this.#user?.onRequest(request, flow, bytes.length);
  }

  #answerKeepAlive(bytes: Uint8Array, flow: Flow): void {
    const answer = keepAliveAnswer(bytes, flow);
    if (answer !== undefined) this.#carrier(flow)?.send(answer, flow);
  }

  #refuseMalformed(bytes: Uint8Array, flow: Flow, why: string, status?: number): void {
    const unread = readUnreadable(bytes, flow);
    const admission = unread === undefined ? admitted : this.#ask(flow, unread.request);
    this.#refuse(admission.admit ? `malformed: ${why}` : admission.why, bytes, flow);
    if (unread === undefined || !admission.admit) return;
    this.sendResponse(responseTo(unread.request, status ?? unread.status, newTag(this.#options.random), why), flow);
  }

  #ask(flow: Flow, request: SipRequest): Admission {
    return this.#options.gate?.(flow, request) ?? admitted;
  }

  #refuse(why: string, bytes: Uint8Array, flow: Flow, message?: SipRequest): void {
    this.refusals.count(why);
    this.#observe({ direction: "in", flow, bytes, outcome: `refused: ${why}`, ...(message && { message }) });
  }

  #refuseStranger(why: string, bytes: Uint8Array, flow: Flow): void {
    this.refusals.count(why);
    const omittedBytes = Math.max(0, bytes.length - strangerBytes);
    const head = bytes.subarray(0, strangerBytes);
    this.#observe({ direction: "in", flow, bytes: head, omittedBytes, outcome: `refused: ${why}` });
  }

  #observe(event: Omit<WireEvent, "atMs" | "standing">): void {
    const { observer, clock } = this.#options;
    observer?.onWire({ atMs: clock.nowMs(), standing: this.standingOf(event.flow), ...event });
  }
}
