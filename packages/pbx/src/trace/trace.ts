import type { WireObserver } from "@trunkline/sip-stack";
import type { Journal, JournalEntry } from "../kernel/journal.ts";
import { drawLadder, type LadderLeg } from "./ladder.ts";
import { WireLog } from "./wire-log.ts";

const maxCalls = 1000;

/** Remembers what happened to the latest calls, on the wire and inside, and draws it. */
export class Trace implements Journal, WireObserver {
  readonly #wire = new WireLog();
  readonly #legs = new Map<string, LadderLeg[]>();

  record(entry: JournalEntry): void {
    if (entry.kind === "call-arrived")
      this.#begin(entry.call, { id: "a", party: entry.from, sipCallId: entry.sipCallId });
    if (entry.kind === "leg-added")
      this.#legs.get(entry.call)?.push({ id: entry.leg, party: entry.party, sipCallId: entry.sipCallId });
  }

  onWire(event: Parameters<WireObserver["onWire"]>[0]): void {
    this.#wire.onWire(event);
  }

  /** The ladder of all legs of a call, or nothing when it is not remembered. */
  ladder(call: string): string | undefined {
    const legs = this.#legs.get(call);
    if (legs === undefined) return undefined;
    return drawLadder(legs, this.#wire.of(new Set(legs.map(({ sipCallId }) => sipCallId))));
  }

  #begin(call: string, leg: LadderLeg): void {
    this.#legs.set(call, [leg]);
    if (this.#legs.size <= maxCalls) return;
    for (const oldest of this.#legs.keys()) return void this.#legs.delete(oldest);
  }
}
