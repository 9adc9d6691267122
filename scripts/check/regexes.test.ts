import { expect, test } from "vitest";
import { type Regex, regexesIn, slownessOf } from "./regexes.ts";

const regex = (pattern: string, flags = ""): Regex => ({ pattern, flags, line: 1 });

test("every regular expression of a source is found, with its line", () => {
  expect(regexesIn("const a = 1;\nconst b = (text: string) => text.replace(/a+$/gi, 'x');")).toEqual([
    { pattern: "a+$", flags: "gi", line: 2 },
  ]);
  expect(regexesIn("const page = <p>{/x/.test(t)}</p>;", true)).toHaveLength(1);
});

test.each([
  ["sip:[^@]*@", "a search that begins anew at every place"],
  ["\\s+$", "blanks before an end that does not come"],
  ["^(a+)+$", "a repetition of a repetition"],
])("%s is not linear: %s", async (pattern) => {
  expect(await slownessOf(regex(pattern))).toBeDefined();
});

test.each(["^[^@]*@", "[;?@].*", "^\\d{1,5}$", "^a{3}b*$"])("%s is linear", async (pattern) => {
  expect(await slownessOf(regex(pattern))).toBeUndefined();
});
