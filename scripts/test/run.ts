import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root, type ShowOptions, show, tool } from "../command.ts";
import { addCounts, type Counts, countsOf, failuresOf, noCounts, type Report, summaryLine } from "./results.ts";

const reportFile = join(root, ".cache/test-report.json");

function readReport(): Report | undefined {
  if (!existsSync(reportFile)) return undefined;
  try {
    return JSON.parse(readFileSync(reportFile, "utf8")) as Report;
  } catch {
    return undefined;
  }
}

type Outcome = { readonly counts: Counts; readonly failures: readonly string[] };

function runProject(name: string, args: readonly string[], options: ShowOptions): Outcome {
  rmSync(reportFile, { force: true });
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${reportFile}`];
  const status = show(
    tool("vitest"),
    ["run", `--project=${name}`, "--passWithNoTests", ...reporters, ...args],
    options,
  );
  const report = readReport();
  return { counts: countsOf(report, status), failures: report === undefined ? [] : failuresOf(report) };
}

/**
 * Runs Vitest projects one after the other, so that none takes time from another, and prints what failed and the line of counts.
 * @param options `timeoutMs` is the time for all of them
 * @returns the exit status: 0 only when nothing failed.
 */
export function runProjects(projects: readonly string[], args: readonly string[], options: ShowOptions = {}): number {
  mkdirSync(join(root, ".cache"), { recursive: true });
  const startedMs = performance.now();
  const left = ({ timeoutMs }: ShowOptions): ShowOptions =>
    timeoutMs === undefined ? {} : { timeoutMs: Math.max(1, Math.floor(timeoutMs - (performance.now() - startedMs))) };
  const outcomes = projects.map((name) => runProject(name, args, { ...options, ...left(options) }));
  for (const failure of outcomes.flatMap(({ failures }) => failures)) console.log(`\nfailed: ${failure}`);
  const counts = outcomes.map((outcome) => outcome.counts).reduce(addCounts, noCounts);
  console.log(`\n${summaryLine(counts)}`);
  return counts.failed === 0 ? 0 : 1;
}
