import { addressText, type WireEvent, type WireObserver } from "@trunkline/sip-stack";
import type { WallClock } from "../kernel/time.ts";

/** One message on the wire, as little of it as tells all of it again. */
export type WireEntry = Pick<WireEvent, "atMs" | "direction" | "outcome" | "bytes"> & {
  /** Wall time in ms since 1970. */
  readonly wallMs: number;
  readonly transport: WireEvent["flow"]["transport"];
  readonly local: string;
  readonly remote: string;
  /** Of the peer's dialog; empty for what could not be read. */
  readonly sipCallId: string;
};

const maxEntries = 5000;

/** The last messages on the wire, findable by Call-ID; bounded, the oldest go first. Whoever follows hears of each. */
export class WireLog implements WireObserver {
  readonly #wallClock: WallClock;
  readonly #entries: WireEntry[] = [];
  readonly #followers = new Set<(entry: WireEntry) => void>();

  constructor(wallClock: WallClock) {
    this.#wallClock = wallClock;
  }

  onWire({ atMs, direction, flow, bytes, outcome, message }: WireEvent): void {
    const entry: WireEntry = {
      atMs,
      wallMs: this.#wallClock(),
      direction,
      transport: flow.transport,
      local: addressText(flow.local),
      remote: addressText(flow.remote),
      sipCallId: message?.headers.get("Call-ID") ?? "",
      bytes: bytes.slice(),
      outcome,
    };
    this.#entries.push(entry);
    if (this.#entries.length > maxEntries) this.#entries.splice(0, maxEntries / 10);
    for (const follower of this.#followers) follower(entry);
  }

  /** All that is kept, or that of these dialogs, in the order in which it happened. */
  entries(sipCallIds?: ReadonlySet<string>): readonly WireEntry[] {
    return sipCallIds === undefined
      ? this.#entries.slice()
      : this.#entries.filter(({ sipCallId }) => sipCallIds.has(sipCallId));
  }

  /** @returns what ends it */
  follow(follower: (entry: WireEntry) => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }
}
