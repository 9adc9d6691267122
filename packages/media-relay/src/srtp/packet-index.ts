/** How far apart two indices with the same sequence number are. */
export const cycle = 0x1_0000;
const half = cycle / 2;

/**
 * The index of a packet: that rollover counter for which it comes closest to the highest index so far, RFC 3711 section 3.3.1
 * and appendix A. `highest` is -1 before the first packet, whose rollover counter is 0; none is below that.
 */
export function packetIndex(highest: number, seq: number): number {
  if (highest < 0) return seq;
  const last = highest & 0xffff;
  const base = highest - last;
  if (last < half) return seq - last > half && base > 0 ? base - cycle + seq : base + seq;
  return last - half > seq ? base + cycle + seq : base + seq;
}

/** The rollover counter of an index. */
export const rolloverCounter = (index: number): number => Math.floor(index / cycle);
