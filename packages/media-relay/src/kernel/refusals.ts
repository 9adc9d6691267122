/** Why a packet was not passed on. Each reason is a counter of its own. */
export const refusalReasons = [
  "too-short",
  "oversized",
  "not-rtp-version-2",
  "malformed",
  "wrong-source",
  "not-connected",
  "unknown-payload-type",
  "keep-alive",
  "comfort-noise",
  "unproven-source",
  "duplicate",
  "too-late",
  "direction",
  "not-authentic",
  "unknown-first-byte",
  "stun-not-authentic",
  "too-many-sources",
  "too-many-at-once",
  "rtcp-malformed",
  "not-joined",
  "peer-not-connected",
  "peer-not-receiving",
  "telephone-event-not-agreed",
  "dtls-malformed",
  "dtls-unexpected",
  "dtls-alert-in-clear",
  "dtls-not-authentic",
  "dtls-not-proved",
  "dtls-over-limit",
] as const;

export type RefusalReason = (typeof refusalReasons)[number];

/** What a relay and its sessions count together. */
export class Tally {
  /** Packets accepted from peers. */
  packets = 0;
  readonly #refused = new Map<RefusalReason, number>();

  refuse(reason: RefusalReason): void {
    this.#refused.set(reason, (this.#refused.get(reason) ?? 0) + 1);
  }

  /** The reasons that occurred, with how often. */
  get refused(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#refused);
  }
}
