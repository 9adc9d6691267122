/** The counts of a run; the one line in which every run of tests ends. */
export type Counts = { readonly passed: number; readonly failed: number; readonly skipped: number };

export const noCounts: Counts = { passed: 0, failed: 0, skipped: 0 };

export const addCounts = (a: Counts, b: Counts): Counts => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
});

/** The part of Vitest's JSON report that is counted. */
export type Report = {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    /** The file's path. */
    readonly name: string;
    readonly status: string;
    /** Why it could not be loaded. */
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
};

/**
 * Counts a report. A file that could not be loaded has no tests and counts as one failure; a run that failed for
 * another reason (an error outside a test, no report at all) has at least one failure, so that a bad run never reads as good.
 */
export function countsOf(report: Report | undefined, status: number): Counts {
  if (report === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const unloaded = report.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
  const failed = report.numFailedTests + unloaded.length;
  const bad = status !== 0 || !report.success;
  return {
    passed: report.numPassedTests,
    failed: bad ? Math.max(1, failed) : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** What failed, and why: to be read at the end of a long run, whose beginning may be lost. */
export const failuresOf = ({ testResults }: Report): readonly string[] =>
  testResults.flatMap(({ name, status, message, assertionResults }) =>
    status === "failed" && assertionResults.length === 0
      ? [`${name}: ${message}`]
      : assertionResults
          .filter((test) => test.status === "failed")
          .map(({ fullName, failureMessages }) => `${name}: ${fullName}\n${failureMessages.join("\n")}`),
  );

/** `12 passed, 0 failed`, and `, 3 skipped` when some were. */
export function summaryLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
