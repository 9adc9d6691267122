import { expect, test } from "vitest";
import { addCounts, countsOf, failuresOf, noCounts, type Report, summaryLine } from "./results.ts";

const good: Report = {
  success: true,
  numPassedTests: 7,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [
    {
      name: "a.test.ts",
      status: "passed",
      message: "",
      assertionResults: [{ fullName: "it is well", status: "passed", failureMessages: [] }],
    },
  ],
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
  const unloaded = { name: "b.test.ts", status: "failed", message: "It cannot be loaded.", assertionResults: [] };
  const report = { ...good, success: false, testResults: [unloaded, unloaded] };
  expect(summaryLine(countsOf(report, 1))).toBe("7 passed, 2 failed");
  expect(failuresOf(report)).toEqual(Array(2).fill("b.test.ts: It cannot be loaded."));
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

test("what failed is told with its reason, and what passed is not", () => {
  const failed = { fullName: "a call ends", status: "failed", failureMessages: ["expected 1 to be 0"] };
  const [file] = good.testResults;
  const report = { ...good, testResults: [{ ...file!, assertionResults: [...file!.assertionResults, failed] }] };
  expect(failuresOf(report)).toEqual(["a.test.ts: a call ends\nexpected 1 to be 0"]);
});
