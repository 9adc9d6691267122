import type { Clock } from "../kernel/clock.ts";
import type { RandomBytes } from "../kernel/random.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import type { StandingOf } from "./standing.ts";
import type { Flow, Transport } from "./transport.ts";
import type { WireObserver } from "./wire.ts";

/** Whether a request may come in at all. `why` is a short phrase that names the counter. */
export type Admission = { readonly admit: true } | { readonly admit: false; readonly why: string };

/** Asked for every request before anything is done with it; who is not admitted gets not a byte back. */
export type Gate = (flow: Flow, request: SipRequest) => Admission;

/**
 * Asked for every message before it is read. Of who is not admitted only the head is shown to the observer, unless it is
 * a response that somebody waits for.
 */
export type SourceGate = (flow: Flow) => Admission;

/** What a transport layer works with. */
export type TransportLayerOptions = {
  readonly transports: readonly Transport[];
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly sourceGate?: SourceGate | undefined;
  readonly gate?: Gate | undefined;
  readonly observer?: WireObserver | undefined;
  /** How well the source of a flow is known; default: everyone is trusted. */
  readonly standingOf?: StandingOf<Flow> | undefined;
};

/** Hears of whole, admitted messages and of flows. */
export interface TransportUser {
  /** `bytes`: how long it was. */
  onRequest(request: SipRequest, flow: Flow, bytes: number): void;
  onResponse(response: SipResponse, flow: Flow): void;
  /** A message could not be sent on this flow: `unsent` alone, or without it the flow does not work. */
  onFlowFailed(flow: Flow, cause: Error, unsent?: Uint8Array): void;
  onFlowClosed(flow: Flow): void;
  /** Whether a request of this branch waits for a response. */
  isAwaited?(branch: string): boolean;
}
