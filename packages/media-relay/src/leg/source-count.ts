import type { LegId, LegStatistics, StreamStatistics } from "./leg.ts";

/** Counts what a leg without a peer hears and says. Nothing is lost within a process. */
export class SourceCount {
  #heard = { packets: 0, bytes: 0 };
  #said = { packets: 0, bytes: 0 };

  hear(packet: Uint8Array): void {
    count(this.#heard, packet);
  }
  say(packet: Uint8Array): void {
    count(this.#said, packet);
  }
  statistics(leg: LegId): LegStatistics {
    return { leg, kind: "source", received: whole(this.#said), sent: whole(this.#heard) };
  }
}

type Count = { packets: number; bytes: number };

function count(to: Count, packet: Uint8Array): void {
  to.packets += 1;
  to.bytes += packet.length;
}

const whole = (of: Count): StreamStatistics => ({ ...of, lost: 0, jitterMs: 0 });
