import type { Address } from "../kernel/datagrams.ts";
import { isSameAddress } from "../stage/latch.ts";

/** Packets that are kept; beyond it the oldest is dropped. */
const mostPackets = 12;
/** Only the last of them are worth hearing late: the first word of an answer that overtook its 200. */
const keptMs = 250;

type Early = { readonly bytes: Uint8Array; readonly from: Address; readonly atMs: number };

/** What arrives before the answer says where it comes from: our offer has named the port already (RFC 3264 section 5.1). */
export class EarlyPackets {
  #kept: Early[] = [];
  #connectedMs: number | undefined;

  keep(bytes: Uint8Array, { address, port }: Address, atMs: number): void {
    this.#kept.push({ bytes, from: { address, port }, atMs });
    if (this.#kept.length > mostPackets) this.#kept.shift();
  }

  /** The answer came now; what a later one changes does not count. */
  connect(nowMs: number): void {
    if (this.#connectedMs !== undefined) return;
    this.#connectedMs = nowMs;
    this.#kept = this.#kept.filter(({ atMs }) => nowMs - atMs < keptMs);
  }

  /** What came from a place right before the answer; nothing if that is long ago. */
  from(place: Address, nowMs: number): readonly Uint8Array[] {
    if (nowMs - (this.#connectedMs ?? nowMs) >= keptMs) return [];
    return this.#kept.filter(({ from }) => isSameAddress(from, place)).map(({ bytes }) => bytes);
  }
}
