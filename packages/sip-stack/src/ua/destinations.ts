import type { SipRequest, SipResponse } from "../message/message.ts";
import { cachingResolver } from "../transport/caching-resolver.ts";
import { locate } from "../transport/locate.ts";
import type { Place } from "../transport/place.ts";
import type { Resolver } from "../transport/resolver.ts";
import { systemResolver } from "../transport/system-resolver.ts";
import type { Flow } from "../transport/transport.ts";
import { UnsettledFlow } from "../transport/unsettled-flow.ts";
import type { Destination, Target } from "./call.ts";
import { contactFor } from "./compose.ts";
import type { Core } from "./core.ts";

const nowhere = { address: "0.0.0.0", port: 0 };
const placesWaitedFor = 4;

/** Finds the flow to where an application sends; only what the application names is ever looked up. */
export class Destinations {
  readonly #core: Core;
  readonly #given: Resolver | undefined;
  #resolver: Resolver | undefined;

  constructor(core: Core, resolver: Resolver | undefined) {
    this.#core = core;
    this.#given = resolver;
  }

  /** For a name the flow settles when a request took it; `contactUser` is the user part of that request's Contact. */
  flowTo(destination: Destination, contactUser?: string): Flow {
    if ("id" in destination) return destination;
    if (!("address" in destination)) return this.#unsettled(destination, contactUser);
    return this.#core.transport.flowTo(destination.transport, destination) ?? unreachableFlow(destination);
  }

  /** Milliseconds until a request counts as unanswered: 64*T1, for a name as long for each of four places. */
  longestWaitMs(flow: Flow): number {
    const isOne = !(flow instanceof UnsettledFlow) || flow.settled !== undefined;
    return 64 * this.#core.timers.t1 * (isOne ? 1 : placesWaitedFor);
  }

  #unsettled(place: Place, contactUser: string | undefined): Flow {
    const { profile } = this.#core;
    const flow = new UnsettledFlow(place.transport ?? "udp", {
      flows: this.#flowsTo(place),
      goesOn,
      dress: (request, taken) => withContact(request, contact, contactFor(profile, taken, contactUser)),
    });
    const contact = contactFor(profile, flow, contactUser);
    return flow;
  }

  async *#flowsTo(place: Place): AsyncGenerator<Flow> {
    const { random, transport } = this.#core;
    this.#resolver ??= cachingResolver(this.#given ?? systemResolver(), this.#core.clock);
    const { kinds: transports, families } = transport;
    for await (const located of locate(place, { resolver: this.#resolver, random, transports, families })) {
      const flow = transport.flowTo(located.transport, located);
      if (flow !== undefined) yield flow;
    }
  }
}

/** RFC 3263 section 4.3: a place that answers 503, does not answer or cannot be reached. */
function goesOn(outcome: SipResponse | Error): boolean {
  if (!(outcome instanceof Error)) return outcome.status === 503;
  return "code" in outcome && (outcome.code === "SIP_TRANSACTION_TIMEOUT" || outcome.code === "SIP_TRANSPORT_FAILED");
}

// Our Contact names the transport, which is known only now.
function withContact(request: SipRequest, written: string, contact: string): SipRequest {
  const value = request.headers.get("Contact");
  if (value === undefined || written === contact) return request;
  return {
    ...request,
    headers: request.headers.with(
      "Contact",
      value.replace(written, () => contact),
    ),
  };
}

/** Stands for a destination that no transport leads to: whatever is sent on it fails. */
function unreachableFlow({ transport, address, port }: Target): Flow {
  return { id: "unreachable", transport, local: nowhere, remote: { address, port }, open: false };
}
