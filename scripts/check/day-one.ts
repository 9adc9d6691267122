import { faultsOfCitations, type ReadText, readerOf } from "./citations.ts";
import type { Step } from "./step.ts";

export const dayOnePath = "docs/day-one.md";
const rowCount = 32;
const rowLine = /^\| (\d+) \| ([^|]+) \| ([^|]+) \|$/gm;

function faultsOfRow(number: string, proof: string, read: ReadText): string[] {
  const faults = faultsOfCitations(proof, `${dayOnePath}: row ${number}`, read);
  if (faults !== undefined) return faults;
  return /^comes with: \S/.test(proof.trim())
    ? []
    : [`${dayOnePath}: row ${number} names neither a test nor "comes with: ..."`];
}

/** What is wrong with the page: rows that are missing, rows without proof, tests that do not exist. */
export function dayOneFaults(page: string, read: ReadText): readonly string[] {
  const rows = [...page.matchAll(rowLine)];
  const numbers = rows.map(([, number]) => Number(number));
  const missing = Array.from({ length: rowCount }, (_, at) => at + 1).filter((number) => !numbers.includes(number));
  return [
    ...missing.map((number) => `${dayOnePath}: row ${number} is missing`),
    ...rows.flatMap(([, number = "", , proof = ""]) => faultsOfRow(number, proof, read)),
  ];
}

/** Each row of docs/day-one.md names a test that exists, or what brings it. */
export const dayOneInStep: Step = {
  name: "day-one",
  async run(root) {
    const read = readerOf(root);
    const faults = dayOneFaults(read(dayOnePath) ?? "", read);
    return faults.length === 0 ? undefined : faults.join("\n");
  },
};
