import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root, type ShowOptions, show, tool } from "../command.ts";
import { countsOf, type Report, summaryLine } from "./results.ts";

const reportFile = join(root, ".cache/test-report.json");

function readReport(): Report | undefined {
  if (!existsSync(reportFile)) return undefined;
  try {
    return JSON.parse(readFileSync(reportFile, "utf8")) as Report;
  } catch {
    return undefined;
  }
}

/** Runs Vitest projects and prints the line of counts. @returns the exit status: 0 only when nothing failed. */
export function runProjects(projects: readonly string[], args: readonly string[], options: ShowOptions = {}): number {
  mkdirSync(join(root, ".cache"), { recursive: true });
  rmSync(reportFile, { force: true });
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${reportFile}`];
  const chosen = projects.map((name) => `--project=${name}`);
  const status = show(tool("vitest"), ["run", ...chosen, ...reporters, ...args], options);
  const counts = countsOf(readReport(), status);
  console.log(`\n${summaryLine(counts)}`);
  return counts.failed === 0 ? 0 : 1;
}
