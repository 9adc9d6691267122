/** The commands that texts name, as somebody types them at the top of the repository. */
const command = (name: string, region: string): string => `npx -y pnpm@10 ${name} -c region=${region}`;

export const destroyCommand = (region: string): string => command("destroy", region);

/** A list, one entry a line, set in. */
export const indented = (lines: readonly string[]): string => lines.map((line) => `  ${line}`).join("\n");

/** A number of dollars, as a price list writes it. */
export const dollars = (usd: number): string => usd.toFixed(2);

/** Pairs in two columns, set in. */
export function columns(rows: readonly (readonly [left: string, right: string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return indented(rows.map(([left, right]) => `${left.padEnd(width)}  ${right}`));
}

/** @returns `1 role`, `2 roles` */
export const counted = (count: number, [one, many]: readonly [string, string]): string =>
  `${count} ${count === 1 ? one : many}`;

/** Texts of several lines each, as the points of a list. */
export const points = (texts: readonly string[]): string =>
  texts.map((text) => `- ${text.replaceAll("\n", "\n  ")}`).join("\n");
