import { expect, test } from "vitest";
import { hasTest } from "./citations.ts";
import { dayOneFaults } from "./day-one.ts";

const row = (number: number, proof: string): string => `| ${number} | some fault | ${proof} |`;
const page = (changed: Readonly<Record<number, string>> = {}): string =>
  Array.from({ length: 32 }, (_, at) => row(at + 1, changed[at + 1] ?? "comes with: transfers")).join("\n");
const files: Readonly<Record<string, string>> = {
  "a/call.test.ts": 'test("the caller hears 180", () => {});\ntest.each([1])(\n  "row %i", (n) => {});',
};
const read = (path: string): string | undefined => files[path];

test("a page whose rows all say what brings them is right", () => {
  expect(dayOneFaults(page(), read)).toEqual([]);
});

test("a row may name several tests, all of which must exist", () => {
  const proof = "`a/call.test.ts > the caller hears 180`<br>`a/call.test.ts > row %i`";
  expect(dayOneFaults(page({ 3: proof }), read)).toEqual([]);
});

test("a test name that does not exist is a fault", () => {
  const faults = dayOneFaults(page({ 3: "`a/call.test.ts > the caller hears 18`" }), read);
  expect(faults).toEqual(['docs/day-one.md: row 3 names "the caller hears 18", which is no test of a/call.test.ts']);
});

test("a test file that does not exist is a fault", () => {
  expect(dayOneFaults(page({ 4: "`a/gone.test.ts > x`" }), read)).toEqual([
    "docs/day-one.md: row 4 names a/gone.test.ts, which does not exist",
  ]);
});

test("a row that promises nothing and a missing row are faults", () => {
  const short = page({ 5: "soon" }).replace(row(32, "comes with: transfers"), "");
  expect(dayOneFaults(short, read)).toEqual([
    "docs/day-one.md: row 32 is missing",
    'docs/day-one.md: row 5 names neither a test nor "comes with: ..."',
  ]);
});

test("a name that only stands in a comment is no test", () => {
  expect(hasTest('// "the caller hears 180"', "the caller hears 180")).toBe(false);
});
