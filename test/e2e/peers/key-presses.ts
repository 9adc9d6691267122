/** A key press as it came over RTP (RFC 4733): everything that carried one timestamp. */
export type KeyPress = { readonly key: string; readonly durationMs: number; readonly ends: number };

const rateHz = 8000;

/** The last packet of a press is sent so often, RFC 4733 section 2.5.1.4. */
export const repetitions = 3;

/** The keys in the order of their event codes, RFC 4733 section 3.2. */
export const keys = "0123456789*#ABCD";

/** The keys that were pressed, gathered from the payloads of telephone-event: event, end bit and volume, duration in ticks. */
export class KeyPresses {
  readonly #presses = new Map<number, KeyPress>();

  /** In the order in which they began. */
  get all(): readonly KeyPress[] {
    return [...this.#presses.values()];
  }

  hear(timestamp: number, payload: Buffer): void {
    const isEnd = (payload.readUInt8(1) & 0x80) !== 0;
    const durationMs = (payload.readUInt16BE(2) * 1000) / rateHz;
    const before = this.#presses.get(timestamp);
    this.#presses.set(timestamp, {
      key: keys[payload.readUInt8(0)] ?? "?",
      durationMs: Math.max(durationMs, before?.durationMs ?? 0),
      ends: (before?.ends ?? 0) + (isEnd ? 1 : 0),
    });
  }
}
