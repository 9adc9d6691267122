import type { WireEvent, WireObserver } from "@trunkline/sip-stack";

const maxEvents = 5000;

/** The last messages on the wire, findable by Call-ID; bounded, the oldest go first. */
export class WireLog implements WireObserver {
  readonly #events: WireEvent[] = [];
  #dropped = 0;

  onWire(event: WireEvent): void {
    this.#events.push(event);
    if (this.#events.length <= maxEvents) return;
    this.#events.splice(0, maxEvents / 10);
    this.#dropped += maxEvents / 10;
  }

  get dropped(): number {
    return this.#dropped;
  }

  /** The events of these dialogs in the order in which they happened. */
  of(sipCallIds: ReadonlySet<string>): readonly WireEvent[] {
    return this.#events.filter(({ message }) => sipCallIds.has(message?.headers.get("Call-ID") ?? ""));
  }
}
