import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Step } from "./step.ts";

export const dayOnePath = "docs/day-one.md";
const rowCount = 32;
const rowLine = /^\| (\d+) \| ([^|]+) \| ([^|]+) \|$/gm;
const citation = /`([^`]+\.test\.tsx?) > ([^`]+)`/g;

/** A file as text, undefined when there is none. */
export type ReadText = (path: string) => string | undefined;

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Whether a test file's text has a test of exactly this name. */
export function hasTest(text: string, name: string): boolean {
  return new RegExp(`\\(\\s*(["'\`])${escaped(name)}\\1\\s*,`).test(text);
}

function faultOf(number: string, place: string, file: string, name: string, read: ReadText): string[] {
  const text = read(file);
  if (text === undefined) return [`${place}: row ${number} names ${file}, which does not exist`];
  return hasTest(text, name) ? [] : [`${place}: row ${number} names "${name}", which is no test of ${file}`];
}

function faultsOfRow(number: string, proof: string, read: ReadText): string[] {
  const cited = [...proof.matchAll(citation)];
  if (cited.length > 0) {
    return cited.flatMap(([, file = "", name = ""]) => faultOf(number, dayOnePath, file, name, read));
  }
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

const readerOf =
  (root: string): ReadText =>
  (path) => {
    try {
      return readFileSync(join(root, path), "utf8");
    } catch {
      return undefined;
    }
  };

/** Each row of docs/day-one.md names a test that exists, or what brings it. */
export const dayOneInStep: Step = {
  name: "day-one",
  async run(root) {
    const read = readerOf(root);
    const faults = dayOneFaults(read(dayOnePath) ?? "", read);
    return faults.length === 0 ? undefined : faults.join("\n");
  },
};
