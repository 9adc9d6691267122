import type { WireEntry } from "./wire-entry.ts";

/** How much a {@link DialogLog} keeps. */
export type DialogLogBounds = {
  readonly messages: number;
  readonly bytes: number;
  /** Of one dialog. Beyond it the first messages and the latest ones are kept. */
  readonly messagesPerDialog: number;
};

/** How many of a dialog's messages stay whatever comes later: its beginning says most. */
const firstKept = 20;

/** Messages by Call-ID, bounded in number and in bytes: the dialog that has been silent longest goes first. */
export class DialogLog {
  readonly #bounds: DialogLogBounds;
  readonly #dialogs = new Map<string, WireEntry[]>();
  #messages = 0;
  #bytes = 0;
  #dropped = 0;

  constructor(bounds: DialogLogBounds) {
    this.#bounds = bounds;
  }

  /** Messages that were let go because of a bound. */
  get dropped(): number {
    return this.#dropped;
  }

  add(entry: WireEntry): void {
    const dialog = this.#dialogs.get(entry.sipCallId) ?? [];
    this.#dialogs.delete(entry.sipCallId);
    this.#dialogs.set(entry.sipCallId, dialog);
    dialog.push(entry);
    this.#count(entry, 1);
    if (dialog.length > this.#bounds.messagesPerDialog) this.#drop(dialog.splice(firstKept, 1));
    while (this.#messages > this.#bounds.messages || this.#bytes > this.#bounds.bytes) this.#dropOldest();
  }

  /** Removes a dialog. @returns its messages, oldest first */
  take(sipCallId: string): readonly WireEntry[] {
    const dialog = this.#dialogs.get(sipCallId) ?? [];
    this.#dialogs.delete(sipCallId);
    for (const entry of dialog) this.#count(entry, -1);
    return dialog;
  }

  /** The messages of a dialog, oldest first. */
  of(sipCallId: string): readonly WireEntry[] {
    return this.#dialogs.get(sipCallId) ?? [];
  }

  /** All that is kept, by dialog. */
  all(): readonly WireEntry[] {
    return [...this.#dialogs.values()].flat();
  }

  #dropOldest(): void {
    const [oldest] = this.#dialogs.keys();
    if (oldest !== undefined) this.#dropped += this.take(oldest).length;
  }

  #drop(entries: readonly WireEntry[]): void {
    for (const entry of entries) this.#count(entry, -1);
    this.#dropped += entries.length;
  }

  #count(entry: WireEntry, sign: 1 | -1): void {
    this.#messages += sign;
    this.#bytes += sign * entry.bytes.length;
  }
}
