import { addressText, type WireEvent, type WireObserver } from "@trunkline/sip-stack";
import type { WallClock } from "../kernel/time.ts";
import { DialogLog } from "./dialog-log.ts";
import type { WireEntry } from "./wire-entry.ts";

const mebibyte = 2 ** 20;
const callBounds = { messages: 50_000, bytes: 48 * mebibyte, messagesPerDialog: 300 };
const otherBounds = { messages: 3000, bytes: 8 * mebibyte, messagesPerDialog: 100 };
const unprovenBounds = { messages: 1000, bytes: 2 * mebibyte, messagesPerDialog: 100 };
const maxRefused = 500;
const refusedHeadBytes = 2048;

/**
 * The last messages on the wire, findable by Call-ID. Calls, what belongs to no call, what sources say that have proved
 * nothing, and what was refused are kept apart, each within bounds of its own, so that nobody pushes out what another has
 * more right to. Of a refused message only the first 2 KiB are kept.
 */
export class WireLog implements WireObserver {
  readonly #wallClock: WallClock;
  readonly #calls = new DialogLog(callBounds);
  readonly #others = new DialogLog(otherBounds);
  readonly #unproven = new DialogLog(unprovenBounds);
  readonly #refused: WireEntry[] = [];
  readonly #callIds = new Set<string>();
  readonly #followers = new Set<(entry: WireEntry) => void>();
  #number = 0;

  constructor(wallClock: WallClock) {
    this.#wallClock = wallClock;
  }

  /** Messages that were let go because of a bound. */
  get dropped(): number {
    return this.#calls.dropped + this.#others.dropped + this.#unproven.dropped;
  }

  onWire(event: WireEvent): void {
    const entry = this.#entryOf(event);
    if (isRefused(event)) this.#refuse(entry);
    else this.#logOf(entry.sipCallId, event.standing).add(entry);
    for (const follower of this.#followers) follower(entry);
  }

  /** From now on these messages belong to a call, earlier ones too. */
  keep(sipCallId: string): void {
    this.#callIds.add(sipCallId);
    const earlier = [...this.#others.take(sipCallId), ...this.#unproven.take(sipCallId)];
    for (const entry of earlier.sort(inOrder)) this.#calls.add(entry);
  }

  /** The call is no longer remembered: removes its messages. */
  forget(sipCallId: string): void {
    this.#callIds.delete(sipCallId);
    this.#calls.take(sipCallId);
  }

  /** All that is kept, or that of these dialogs, in the order in which it happened. */
  entries(sipCallIds?: ReadonlySet<string>): readonly WireEntry[] {
    const entries = sipCallIds === undefined ? this.#all() : this.#ofDialogs(sipCallIds);
    return entries.sort(inOrder);
  }

  /** @returns what ends it */
  follow(follower: (entry: WireEntry) => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  #all(): WireEntry[] {
    return [...this.#calls.all(), ...this.#others.all(), ...this.#unproven.all(), ...this.#refused];
  }

  #ofDialogs(sipCallIds: ReadonlySet<string>): WireEntry[] {
    const refused = this.#refused.filter(({ sipCallId }) => sipCallIds.has(sipCallId));
    const logs = [this.#calls, this.#others, this.#unproven];
    return [...logs.flatMap((log) => [...sipCallIds].flatMap((id) => log.of(id))), ...refused];
  }

  #logOf(sipCallId: string, standing: WireEvent["standing"]): DialogLog {
    if (this.#callIds.has(sipCallId)) return this.#calls;
    return standing === "unknown" ? this.#unproven : this.#others;
  }

  #refuse(entry: WireEntry): void {
    this.#refused.push(entry);
    if (this.#refused.length > maxRefused) this.#refused.shift();
  }

  #entryOf(event: WireEvent): WireEntry {
    const { atMs, direction, flow, bytes, omittedBytes = 0, outcome, message } = event;
    // A copy: a view would keep all of what was received, and `slice` of a Buffer is a view.
    const kept = new Uint8Array(isRefused(event) ? bytes.subarray(0, refusedHeadBytes) : bytes);
    return {
      number: this.#number++,
      atMs,
      wallMs: this.#wallClock(),
      direction,
      transport: flow.transport,
      local: addressText(flow.local),
      remote: addressText(flow.remote),
      sipCallId: callIdOf(message),
      bytes: kept,
      omittedBytes: omittedBytes + bytes.length - kept.length,
      outcome,
    };
  }
}

const inOrder = (one: WireEntry, other: WireEntry): number => one.number - other.number;

const isRefused = ({ outcome }: WireEvent): boolean => outcome.startsWith("refused: ");

/** A copy: a slice of the message's text would keep all of it. */
const callIdOf = (message: WireEvent["message"]): string =>
  Buffer.from(message?.headers.get("Call-ID") ?? "").toString();
