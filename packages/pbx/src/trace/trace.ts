import { parseMessage, type WireObserver } from "@trunkline/sip-stack";
import type { Journal, JournalEntry } from "../kernel/journal.ts";
import type { WallClock } from "../kernel/time.ts";
import { drawLadder, type LadderEvent, type LadderLeg } from "./ladder.ts";
import { maskSecrets } from "./mask.ts";
import type { WireEntry } from "./wire-entry.ts";
import { WireLog } from "./wire-log.ts";

/** One message as people read it. `call` and `leg`: ours, where it is known whose it is. */
export type TracedMessage = Pick<WireEntry, "wallMs" | "direction" | "transport" | "local" | "remote" | "outcome"> & {
  readonly call?: string;
  readonly leg?: string;
  /** The message, secrets and pressed keys masked; of a refused one at most the first 2 KiB. */
  readonly text: string;
};

const maxCalls = 1000;
/** Legs of one call. Each attempt to take it over adds one; above the limit the oldest but the caller's is forgotten. */
const maxLegs = 128;
/** Legs of all calls. */
const maxAllLegs = 20_000;

type Place = { readonly call: string; readonly leg: string };

/** Remembers what happened to the latest calls, on the wire and inside, and shows it as messages or as a ladder. */
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

  /** Messages that are no longer kept because of a bound. */
  get dropped(): number {
    return this.#wire.dropped;
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

  #told(entry: WireEntry): TracedMessage {
    const { wallMs, direction, transport, local, remote, outcome, sipCallId } = entry;
    return {
      wallMs,
      direction,
      transport,
      local,
      remote,
      outcome,
      ...this.#placeOf.get(sipCallId),
      text: textOf(entry),
    };
  }

  #begin(call: string, leg: LadderLeg): void {
    this.#legs.set(call, []);
    this.#add(call, leg);
    this.#forgetOldest();
  }

  #forgetOldest(): void {
    for (const call of this.#legs.keys()) {
      const isTooMuch = this.#legs.size > maxCalls || this.#placeOf.size > maxAllLegs;
      if (!isTooMuch || this.#legs.size === 1) return;
      this.#forget(call);
    }
  }

  #add(call: string, leg: LadderLeg): void {
    const legs = this.#legs.get(call);
    // Of a call that is forgotten nothing would ever be removed again.
    if (legs === undefined) return;
    // A copy: a slice of the message's text would keep all of it.
    const sipCallId = Buffer.from(leg.sipCallId).toString();
    legs.push({ ...leg, sipCallId });
    this.#placeOf.set(sipCallId, { call, leg: leg.id });
    this.#wire.keep(sipCallId);
    if (legs.length > maxLegs) for (const old of legs.splice(1, 1)) this.#forgetLeg(call, old.sipCallId);
  }

  #forget(call: string): void {
    for (const { sipCallId } of this.#legs.get(call) ?? []) this.#forgetLeg(call, sipCallId);
    this.#legs.delete(call);
  }

  /** A leg with the same Call-ID may belong to a later call by now. */
  #forgetLeg(call: string, sipCallId: string): void {
    if (this.#placeOf.get(sipCallId)?.call !== call) return;
    this.#placeOf.delete(sipCallId);
    this.#wire.forget(sipCallId);
  }
}

const idsOf = (legs: readonly LadderLeg[]): ReadonlySet<string> => new Set(legs.map(({ sipCallId }) => sipCallId));

function textOf({ bytes, omittedBytes }: WireEntry): string {
  const text = maskSecrets(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8"));
  return omittedBytes === 0 ? text : `${text}\n[${omittedBytes} more bytes are not kept]`;
}

function readAgain({ atMs, direction, outcome, bytes, sipCallId }: WireEntry): LadderEvent {
  const parsed = parseMessage(bytes);
  return { atMs, direction, outcome, sipCallId, ...(parsed.ok && { message: parsed.value }) };
}
