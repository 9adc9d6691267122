/** First and last port of a range, both included. */
export type PortRange = readonly [first: number, last: number];

/** Cuts a range into `count` parts that begin with an even port, so that workers never meet. Too small a range gives fewer. */
export function portSlices([first, last]: PortRange, count: number): readonly PortRange[] {
  const start = first + (first % 2);
  const pairs = Math.floor((last - start + 1) / 2);
  const parts = Math.max(1, Math.min(count, pairs));
  const width = 2 * Math.floor(pairs / parts);
  if (parts === 1) return [[first, last]];
  return Array.from({ length: parts }, (_, index) => [start + index * width, start + (index + 1) * width - 1]);
}
