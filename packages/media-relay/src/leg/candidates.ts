import type { Address } from "../kernel/datagrams.ts";
import type { Tally } from "../kernel/refusals.ts";
import { rtp } from "../packet/rtp.ts";
import { seqDelta } from "../packet/sequence.ts";

/** RFC 3550 appendix A.1 asks for two; a sender that is to be believed against the SDP needs 100 ms of audio. */
const provingPackets = 5;
/** How far apart their numbers may be: their path can lose, repeat and reorder packets. */
const mostApart = 16;
/** Sources and places that are remembered at once; beyond it the one heard longest ago is forgotten. */
const mostRows = 64;

/** Packets of one source with numbers of one sequence, each number once. */
type Row = readonly Uint8Array[];

/** Keeps the packets that come from places other than the peer's until there are enough to prove that it is there. */
export class Candidates {
  readonly #tally: Tally;
  readonly #rows = new Map<string, Row>();
  constructor(tally: Tally) {
    this.#tally = tally;
  }

  /** Takes an RTP packet; gives it and those before it once there are enough of its source and place, else none. */
  readonly prove = (packet: Uint8Array, { address, port }: Address): Row => {
    const key = `${address} ${port} ${rtp.ssrc(packet)}`;
    const row = this.#rows.get(key) ?? [];
    this.#rows.delete(key);
    const next = this.#continued(row, packet);
    if (next.length >= provingPackets) return next;
    this.#rows.set(key, next);
    if (this.#rows.size > mostRows) this.#forgetOldest();
    return [];
  };

  #continued(row: Row, packet: Uint8Array): Row {
    if (!row.every((one) => isNear(one, packet))) return this.#refused(row, [packet]);
    if (!row.some((one) => rtp.seq(one) === rtp.seq(packet))) return [...row, packet];
    this.#tally.refuse("duplicate");
    return row;
  }

  #forgetOldest(): void {
    for (const [key, row] of this.#rows) {
      this.#rows.delete(key);
      this.#refused(row, []);
      return;
    }
  }

  #refused(row: Row, next: Row): Row {
    for (const _ of row) this.#tally.refuse("unproven-source");
    return next;
  }
}

const isNear = (one: Uint8Array, other: Uint8Array): boolean =>
  Math.abs(seqDelta(rtp.seq(one), rtp.seq(other))) < mostApart;
