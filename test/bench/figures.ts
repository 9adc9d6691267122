/** The middle one of the figures. */
export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Measures several times, one after the other. */
export async function repeat<T>(times: number, measure: () => Promise<T>): Promise<readonly T[]> {
  const figures: T[] = [];
  for (let round = 0; round < times; round++) figures.push(await measure());
  return figures;
}

/** One line of a benchmark's output: the median, and every figure that it comes from. */
export function printFigures(what: string, figures: readonly number[], unit: string): void {
  const all = figures.map((figure) => figure.toFixed(0)).join(", ");
  console.log(`${what.padEnd(58)} ${median(figures).toFixed(0).padStart(6)} ${unit}   (${all})`);
}
