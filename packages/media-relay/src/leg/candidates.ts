import type { Address } from "../kernel/datagrams.ts";
import { rtp } from "../packet/rtp.ts";
import { seqAdd } from "../packet/sequence.ts";

/** RFC 3550 appendix A.1 asks for two; a sender that is to be believed against the SDP needs 100 ms of audio. */
const provingPackets = 5;
/** Places that are remembered at once; beyond it the one heard longest ago is forgotten. */
const mostPlaces = 64;

type Row = { readonly ssrc: number; readonly seq: number; readonly count: number };

/** Counts the packets in sequence that come from places other than the peer's. */
export class Candidates {
  readonly #rows = new Map<string, Row>();

  /** Takes an RTP packet; true when it is the last of several in sequence from its place. */
  prove(packet: Uint8Array, { address, port }: Address): boolean {
    const place = `${address} ${port}`;
    const row = next(this.#rows.get(place), packet);
    this.#rows.delete(place);
    this.#rows.set(place, row);
    if (this.#rows.size > mostPlaces) this.#rows.delete(this.#rows.keys().next().value!);
    return row.count >= provingPackets;
  }
}

/** A copy of the last packet neither helps nor harms. */
function next(row: Row | undefined, packet: Uint8Array): Row {
  const [ssrc, seq] = [rtp.ssrc(packet), rtp.seq(packet)];
  if (row?.ssrc !== ssrc) return { ssrc, seq, count: 1 };
  if (row.seq === seq) return row;
  return { ssrc, seq, count: seq === seqAdd(row.seq, 1) ? row.count + 1 : 1 };
}
