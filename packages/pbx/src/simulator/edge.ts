import {
  type Address,
  type Clock,
  type Flow,
  formatMessage,
  parseMessage,
  type SipMessage,
  type Transport,
  type TransportKind,
  type TransportSink,
  type WireObserver,
} from "@trunkline/sip-stack";
import type { Border } from "./edge-headers.ts";
import { OpenInvites } from "./open-invites.ts";
import { inwardRequest, inwardResponse, outwardRequest, outwardResponse, type Passage } from "./passage.ts";

export type EdgeOptions = {
  /** The transport that faces the world. */
  readonly outer: Transport;
  /** The private address that the inside shows in Via and Contact. */
  readonly inside: Address;
  /** The addresses that the connector speaks with: what comes from elsewhere or leads elsewhere is dropped. */
  readonly reach: (address: string) => boolean;
  readonly clock: Clock;
  readonly observer?: WireObserver | undefined;
};

type Dropped = {
  readonly direction: "in" | "out";
  readonly flow: Flow;
  readonly bytes: Uint8Array;
  readonly why: string;
};

/**
 * The connector's border proxy between a transport and the simulator's own user agent, which sees it as a transport and
 * needs to know nothing of it: requests get the proxy's Via and Record-Route on their way out, the route set is checked
 * and taken off on the way in.
 */
export class EdgeTransport implements Transport {
  readonly kind: TransportKind;
  readonly reliable: boolean;
  readonly #options: EdgeOptions;
  readonly #dropped = new Map<string, number>();
  readonly #invites = new OpenInvites();

  constructor(options: EdgeOptions) {
    this.kind = options.outer.kind;
    this.reliable = options.outer.reliable;
    this.#options = options;
  }

  get local(): Address {
    return this.#options.outer.local;
  }

  send(bytes: Uint8Array, flow: Flow): void {
    const passage = this.#outward(bytes, flow.remote);
    const why = this.#objection(passage, passage.pass ? passage.to : flow.remote);
    const to = passage.pass ? this.flowTo(passage.to) : undefined;
    if (!passage.pass || to === undefined || why !== undefined) {
      this.#drop({ direction: "out", flow, bytes, why: why ?? "next hop is not an address" });
      return;
    }
    const sent = formatMessage(passage.message);
    this.#observe("out", to, sent, passage.message);
    this.#options.outer.send(sent, to);
  }

  async listen(sink: TransportSink): Promise<void> {
    await this.#options.outer.listen({
      onMessage: (bytes, flow) => this.#receive(bytes, flow, sink),
      onFailure: (flow, cause) => sink.onFailure(flow, cause),
      onClosed: (flow) => sink.onClosed(flow),
      onRefused: (flow, why) => sink.onRefused(flow, why),
    });
  }

  flowTo(remote: Address): Flow | undefined {
    return this.#options.outer.flowTo(remote);
  }

  async close(): Promise<void> {
    await this.#options.outer.close();
  }

  /** How many messages went nowhere, by reason. */
  counters(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#dropped);
  }

  #receive(bytes: Uint8Array, flow: Flow, sink: TransportSink): void {
    const passage = this.#inward(bytes);
    const why = this.#objection(passage, flow.remote);
    if (!passage.pass || why !== undefined) {
      this.#drop({ direction: "in", flow, bytes, why: why ?? "unreadable" });
      return;
    }
    this.#observe("in", flow, bytes, passage.message);
    sink.onMessage(formatMessage(passage.message), flow);
  }

  #outward(bytes: Uint8Array, towards: Address): Passage {
    const parsed = parseMessage(bytes);
    if (!parsed.ok) return { pass: false, why: "unreadable" };
    if (parsed.value.kind === "request")
      return outwardRequest(this.#invites.explained(parsed.value), this.#border(), towards);
    this.#invites.settle(parsed.value);
    return outwardResponse(parsed.value, this.#border(), towards);
  }

  #inward(bytes: Uint8Array): Passage {
    const parsed = parseMessage(bytes);
    if (!parsed.ok) return { pass: false, why: "unreadable" };
    if (parsed.value.kind === "response") return inwardResponse(parsed.value, this.#border());
    const passage = inwardRequest(parsed.value, this.#border(), this.#invites.isRefusalAck(parsed.value));
    if (passage.pass) this.#invites.acknowledge(parsed.value);
    return passage;
  }

  #objection(passage: Passage, peer: Address): string | undefined {
    if (!passage.pass) return passage.why;
    return this.#options.reach(peer.address) ? undefined : "out of reach";
  }

  #border(): Border {
    return { outside: this.local, inside: this.#options.inside };
  }

  #drop({ direction, flow, bytes, why }: Dropped): void {
    const { clock, observer } = this.#options;
    this.#dropped.set(why, (this.#dropped.get(why) ?? 0) + 1);
    observer?.onWire({ atMs: clock.nowMs(), direction, flow, bytes, outcome: `refused: ${why}` });
  }

  #observe(direction: "in" | "out", flow: Flow, bytes: Uint8Array, message: SipMessage): void {
    const outcome = direction === "in" ? "accepted" : "sent";
    this.#options.observer?.onWire({ atMs: this.#options.clock.nowMs(), direction, flow, bytes, outcome, message });
  }
}
