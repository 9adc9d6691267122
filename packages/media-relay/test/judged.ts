/** One RTP packet that came to the relay's port, by its sequence number. */
export type Came = { readonly seq: number };

/**
 * What a receiver makes of packets in the order in which they came: their places after the first, each number's first
 * time, those that came after a higher one, how many numbers they span, and those that can be sent on.
 */
export function judged<A extends Came>(arrivals: readonly A[]) {
  const placed = arrivals.map((one) => ({ ...one, place: ((one.seq - arrivals[0]!.seq) << 16) >> 16 }));
  const fresh = placed.filter(({ place }, at) => placed.findIndex((other) => other.place === place) === at);
  const highestBefore = (at: number): number => Math.max(...placed.slice(0, at).map(({ place }) => place));
  const late = fresh.filter((one) => one.place < highestBefore(placed.indexOf(one)));
  const span = Math.max(...placed.map(({ place }) => place)) + 1;
  return { placed, fresh, late, span, whole: fresh.filter(({ place }) => place >= 0) };
}
