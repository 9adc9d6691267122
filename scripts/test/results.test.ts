import { expect, test } from "vitest";
import { addCounts, countsOf, noCounts, type Report, summaryLine } from "./results.ts";

const good: Report = {
  success: true,
  numPassedTests: 7,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [{ status: "passed", assertionResults: [{}] }],
};

test("a good run ends in a line without skipped tests", () => {
  expect(summaryLine(countsOf(good, 0))).toBe("7 passed, 0 failed");
});

test("skipped tests are said", () => {
  expect(summaryLine(countsOf({ ...good, numPendingTests: 2, numTodoTests: 1 }, 0))).toBe(
    "7 passed, 0 failed, 3 skipped",
  );
});

test("a file that could not be loaded is a failure", () => {
  const unloaded = { status: "failed", assertionResults: [] };
  const report = { ...good, success: false, testResults: [unloaded, unloaded] };
  expect(summaryLine(countsOf(report, 1))).toBe("7 passed, 2 failed");
});

test("an error outside any test and a run without a report are failures", () => {
  expect(summaryLine(countsOf(good, 1))).toBe("7 passed, 1 failed");
  expect(summaryLine(countsOf(undefined, 0))).toBe("0 passed, 1 failed");
});

test("the counts of several runs are added", () => {
  const counts = [good, { ...good, numPendingTests: 1 }]
    .map((report) => countsOf(report, 0))
    .reduce(addCounts, noCounts);
  expect(summaryLine(counts)).toBe("14 passed, 0 failed, 1 skipped");
});
