import { median } from "../figures.ts";

/** What a row of figures is set against. */
export type Against = {
  /** The floor's figures of the same rounds. */
  readonly floor?: readonly number[];
  /** What is to be reached: in the row's own unit, or as a multiple of the floor. */
  readonly goal?: string;
};

/** One line of a benchmark's output: median, every figure, the ratio to the floor (each round's own) and the goal. */
export function printRow(what: string, unit: string, figures: readonly number[], { floor, goal }: Against = {}): void {
  const ratios = floor?.map((figure, round) => (figures[round] ?? Number.NaN) / figure);
  const parts = [
    what.padEnd(60),
    `${shown(median(figures)).padStart(8)} ${unit}`,
    `(${figures.map(shown).join(", ")})`,
    ...(ratios === undefined ? [] : [`${median(ratios).toFixed(2)} times bare (${ratios.map(twoDigits).join(", ")})`]),
    ...(goal === undefined ? [] : [`to reach: ${goal}`]),
  ];
  console.log(parts.join("  "));
}

const twoDigits = (figure: number): string => figure.toFixed(2);

/** Three digits that count. */
const shown = (figure: number): string => figure.toFixed(figure < 1 ? 3 : figure < 10 ? 2 : figure < 100 ? 1 : 0);
