import { faultsOfCitations, type ReadText, readerOf } from "./citations.ts";
import type { Step } from "./step.ts";

export const faultsPath = "docs/faults.md";
const rowLine = /^\| ([^|]+) \| (.+) \|$/gm;
const headings = /^(fault|---)/;

/** What is wrong with the page: rows that name no test, and tests that do not exist. */
export function faultsOfPage(page: string, read: ReadText): readonly string[] {
  const rows = [...page.matchAll(rowLine)].filter(([, fault = ""]) => !headings.test(fault));
  if (rows.length === 0) return [`${faultsPath}: has no rows`];
  return rows.flatMap(([, fault = "", tests = ""]) => {
    const place = `${faultsPath}: "${fault}"`;
    return faultsOfCitations(tests, place, read) ?? [`${place} names no test`];
  });
}

/** Each row of docs/faults.md names tests that exist. */
export const faultsInStep: Step = {
  name: "faults",
  async run(root) {
    const read = readerOf(root);
    const faults = faultsOfPage(read(faultsPath) ?? "", read);
    return faults.length === 0 ? undefined : faults.join("\n");
  },
};
