import type { SrvRecord } from "./resolver.ts";

/**
 * The records in the order in which they are to be tried, RFC 2782: lower priorities first, within one priority drawn
 * by weight. `fraction` gives a number from 0 up to 1 for each draw.
 */
export function inSrvOrder(records: readonly SrvRecord[], fraction: () => number): SrvRecord[] {
  const priorities = [...new Set(records.map(({ priority }) => priority))].sort((one, other) => one - other);
  return priorities.flatMap((priority) =>
    drawn(
      records.filter((record) => record.priority === priority),
      fraction,
    ),
  );
}

function drawn(records: readonly SrvRecord[], fraction: () => number): SrvRecord[] {
  const left = records.toSorted((one, other) => Number(one.weight > 0) - Number(other.weight > 0));
  const order: SrvRecord[] = [];
  while (left.length > 0) order.push(...left.splice(draw(left, fraction()), 1));
  return order;
}

function draw(records: readonly SrvRecord[], fraction: number): number {
  const total = records.reduce((sum, { weight }) => sum + weight, 0);
  const wanted = Math.floor(fraction * (total + 1));
  let sum = 0;
  return records.findIndex(({ weight }) => {
    sum += weight;
    return sum >= wanted;
  });
}
