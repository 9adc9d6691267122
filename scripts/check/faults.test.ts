import { expect, test } from "vitest";
import { faultsOfPage } from "./faults.ts";

const files: Readonly<Record<string, string>> = { "a/call.test.ts": 'test("a | b rings", () => {});' };
const read = (path: string): string | undefined => files[path];
const page = (tests: string): string => `| fault | test |\n|---|---|\n| silence | ${tests} |\n`;

test("a row whose test exists is right, also one with a bar in its name", () => {
  expect(faultsOfPage(page("`a/call.test.ts > a | b rings`"), read)).toEqual([]);
});

test.each([
  ["`a/call.test.ts > a rings`", 'docs/faults.md: "silence" names "a rings", which is no test of a/call.test.ts'],
  ["`a/gone.test.ts > a`", 'docs/faults.md: "silence" names a/gone.test.ts, which does not exist'],
  ["soon", 'docs/faults.md: "silence" names no test'],
])("a row with %s is a fault", (tests, fault) => {
  expect(faultsOfPage(page(tests), read)).toEqual([fault]);
});

test("a page without rows is a fault", () => {
  expect(faultsOfPage("", read)).toEqual(["docs/faults.md: has no rows"]);
});
