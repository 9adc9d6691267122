import { parseMessage, type WireObserver } from "@trunkline/sip-stack";
import type { Journal, JournalEntry } from "../kernel/journal.ts";
import type { WallClock } from "../kernel/time.ts";
import { drawLadder, type LadderEvent, type LadderLeg } from "./ladder.ts";
import { maskSecrets } from "./mask.ts";
import { type WireEntry, WireLog } from "./wire-log.ts";

/** One message as people read it. `call` and `leg`: ours, where it is known whose it is. */
export type TracedMessage = Pick<WireEntry, "wallMs" | "direction" | "transport" | "local" | "remote" | "outcome"> & {
  readonly call?: string;
  readonly leg?: string;
  /** The whole message, secrets and pressed keys masked. */
  readonly text: string;
};

const maxCalls = 1000;

type Place = { readonly call: string; readonly leg: string };

/** Remembers what happened to the latest calls, on the wire and inside, and tells and draws it. */
export class Trace implements Journal, WireObserver {
  readonly #wire: WireLog;
  readonly #legs = new Map<string, LadderLeg[]>();
  readonly #placeOf = new Map<string, Place>();

  constructor(wallClock: WallClock) {
    this.#wire = new WireLog(wallClock);
  }

  record(entry: JournalEntry): void {
    if (entry.kind === "call-arrived")
      this.#begin(entry.call, { id: "a", party: entry.from, sipCallId: entry.sipCallId });
    if (entry.kind === "leg-added")
      this.#add(entry.call, { id: entry.leg, party: entry.party, sipCallId: entry.sipCallId });
  }

  onWire(event: Parameters<WireObserver["onWire"]>[0]): void {
    this.#wire.onWire(event);
  }

  /** The ladder of all legs of a call, or nothing when it is not remembered. */
  ladder(call: string): string | undefined {
    const legs = this.#legs.get(call);
    return legs && drawLadder(legs, this.#wire.entries(idsOf(legs)).map(readAgain));
  }

  /** The last messages, or those of one call; nothing when it is not remembered. */
  messages({ call, limit }: { readonly call?: string; readonly limit: number }): readonly TracedMessage[] | undefined {
    const legs = call === undefined ? undefined : this.#legs.get(call);
    if (call !== undefined && legs === undefined) return undefined;
    return this.#wire
      .entries(legs && idsOf(legs))
      .slice(-limit)
      .map((entry) => this.#told(entry));
  }

  /** Tells every message from now on, or those of one call. @returns what ends it */
  follow(call: string | undefined, hear: (message: TracedMessage) => void): () => void {
    return this.#wire.follow((entry) => {
      if (call === undefined || this.#placeOf.get(entry.sipCallId)?.call === call) hear(this.#told(entry));
    });
  }

  #told({ wallMs, direction, transport, local, remote, outcome, bytes, sipCallId }: WireEntry): TracedMessage {
    const place = this.#placeOf.get(sipCallId);
    const text = maskSecrets(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8"));
    return { wallMs, direction, transport, local, remote, outcome, ...place, text };
  }

  #begin(call: string, leg: LadderLeg): void {
    this.#legs.set(call, []);
    this.#add(call, leg);
    const [oldest] = this.#legs.keys();
    if (this.#legs.size > maxCalls && oldest !== undefined) this.#forget(oldest);
  }

  #add(call: string, leg: LadderLeg): void {
    this.#legs.get(call)?.push(leg);
    this.#placeOf.set(leg.sipCallId, { call, leg: leg.id });
  }

  #forget(call: string): void {
    for (const { sipCallId } of this.#legs.get(call) ?? []) this.#placeOf.delete(sipCallId);
    this.#legs.delete(call);
  }
}

const idsOf = (legs: readonly LadderLeg[]): ReadonlySet<string> => new Set(legs.map(({ sipCallId }) => sipCallId));

function readAgain({ atMs, direction, outcome, bytes }: WireEntry): LadderEvent {
  const parsed = parseMessage(bytes);
  return { atMs, direction, outcome, ...(parsed.ok && { message: parsed.value }) };
}
