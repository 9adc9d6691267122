import type { Moment } from "../kernel/moment.ts";
import type { LegId, LegStatistics, Volume } from "./leg.ts";

/** Counts what a leg without a peer hears and says. Nothing is lost within a process. */
export class SourceCount {
  readonly #heard = { packets: 0, bytes: 0 };
  readonly #said = { packets: 0, bytes: 0 };
  readonly #moment: Moment;
  constructor(moment: Moment) {
    this.#moment = moment;
  }

  hear(packet: Uint8Array): void {
    count(this.#heard, packet);
  }
  /** The packet is about to be passed on: it enters the relay here. */
  say(packet: Uint8Array): void {
    this.#moment.mark();
    count(this.#said, packet);
  }
  statistics(leg: LegId): LegStatistics {
    return { leg, kind: "source", received: { ...this.#said, ...nothingLost }, sent: { ...this.#heard } };
  }
}

type Count = { -readonly [Field in keyof Volume]: number };

function count(to: Count, packet: Uint8Array): void {
  to.packets += 1;
  to.bytes += packet.length;
}

const nothingLost = { lost: 0, late: 0, duplicated: 0, jitterMs: 0, longestGapMs: 0 };
