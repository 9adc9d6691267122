import type { SipRequest, SipResponse } from "../message/message.ts";
import type { Address, TransportKind } from "./address.ts";
import type { Flow } from "./transport.ts";

/** The flows that a request may take, one after the other. */
export interface Way {
  /** The next one; done when there is none left. */
  readonly flows: AsyncIterator<Flow>;
  /** Whether the next one is to be tried after this response or failure. */
  goesOn(outcome: SipResponse | Error): boolean;
  /** The request as it goes over this flow, which is taken now. */
  take(request: SipRequest, flow: Flow): SipRequest;
}

const nowhere: Address = { address: "0.0.0.0", port: 0 };

/** Stands for a flow that is still to be found; once a request took one, it looks like that one. */
export class UnsettledFlow implements Flow {
  readonly way: Way;
  readonly #usual: TransportKind;
  #flow: Flow | undefined;

  /** `usual`: the kind it shows before it is settled. */
  constructor(usual: TransportKind, way: Omit<Way, "take"> & { dress(request: SipRequest, flow: Flow): SipRequest }) {
    this.#usual = usual;
    this.way = {
      flows: way.flows,
      goesOn: (outcome) => way.goesOn(outcome),
      take: (request, flow) => {
        this.#flow = flow;
        return way.dress(request, flow);
      },
    };
  }

  /** The flow that a request took; `undefined` before. */
  get settled(): Flow | undefined {
    return this.#flow;
  }

  get id(): string {
    return this.#flow?.id ?? "unsettled";
  }

  get transport(): TransportKind {
    return this.#flow?.transport ?? this.#usual;
  }

  get local(): Address {
    return this.#flow?.local ?? nowhere;
  }

  get remote(): Address {
    return this.#flow?.remote ?? nowhere;
  }

  get host(): string | undefined {
    return this.#flow?.host;
  }

  get open(): boolean {
    return this.#flow?.open ?? true;
  }
}
