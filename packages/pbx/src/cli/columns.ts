/**
 * Makes text from outside (display names, numbers, Call-IDs) harmless to a terminal: control characters, which could
 * move the cursor or rename the window, and marks that reverse the direction of writing are shown as `?`.
 */
export const printable = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "?");

/** JSON over several lines; controls that JSON itself lets through are escaped, so that it is harmless to a terminal too. */
export const printableJson = (value: unknown): string =>
  JSON.stringify(value, undefined, 2).replaceAll(
    /[\u007f-\u009f]/g,
    (control) => `\\u00${control.charCodeAt(0).toString(16)}`,
  );

/** Lines of text in aligned columns, under a head when there is one. */
export function columns(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map(printable));
  const widths = cells.reduce<number[]>(
    (widest, row) => row.map((cell, at) => Math.max(widest[at] ?? 0, cell.length)),
    [],
  );
  return cells
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** A table, or a sentence when there is nothing to show. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[], nothing: string): string =>
  rows.length === 0 ? nothing : columns([head, ...rows]);

/** `2026-11-23T09:05:07.123Z` as `2026-11-23 09:05:07`: to the second, in UTC. */
export const shortTime = (iso: string | undefined): string =>
  iso === undefined ? "-" : iso.slice(0, 19).replace("T", " ");

const spans = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
] as const;

/** A length of time in its two largest units: `2 h 3 min`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const first = spans.findIndex(([, size]) => whole >= size);
  if (first === -1) return "0 s";
  const parts = spans
    .slice(first, first + 2)
    .map(([unit, size], at) => [Math.floor((at === 0 ? whole : whole % spans[first]![1]) / size), unit] as const);
  return parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}
