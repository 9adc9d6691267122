import { type RandomBytes, random32 } from "../kernel/random.ts";

/**
 * The least interval between reports, RFC 3550 section 6.2. It rules here: two participants' reports of some hundred octets
 * are far below a twentieth of the 64 kbit/s of a call. That is also why timer reconsideration (6.3.6) has nothing to do.
 */
const leastMs = 5000;
/** Makes up for the bias of the randomised interval, e - 3/2 (RFC 3550 section 6.3.1). */
const compensation = Math.E - 1.5;

/** Milliseconds until the next report: half to one and a half of the interval, the first one twice as soon; RFC 3550 6.3.1. */
export function reportDelayMs(random: RandomBytes, isFirst: boolean): number {
  const share = 0.5 + random32(random) / 2 ** 32;
  return ((isFirst ? leastMs / 2 : leastMs) * share) / compensation;
}
