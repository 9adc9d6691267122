/** Signed distance from `a` to `b` on the 16-bit circle of sequence numbers, RFC 3550 appendix A.1: -32768..32767. */
export const seqDelta = (a: number, b: number): number => ((b - a) << 16) >> 16;

/** Sum on the 16-bit circle. */
export const seqAdd = (a: number, step: number): number => (a + step) & 0xffff;

/** Signed distance in ticks from `a` to `b` on the 32-bit circle of timestamps. */
export const ticksDelta = (a: number, b: number): number => (b - a) | 0;

/** Sum on the 32-bit circle. */
export const ticksAdd = (a: number, step: number): number => (a + step) >>> 0;
