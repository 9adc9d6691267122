import { expect, test } from "vitest";
import { impureLines } from "./time.ts";

test("each way to take time or randomness from the machine is found, with its line", () => {
  const text =
    "const a = Date.now();\nsetTimeout(f, 1);\nclock.after(1, f);\nconst r = Math.random();\nconst d = new Date();";
  expect(impureLines(text)).toEqual([1, 2, 4, 5]);
});

test("a comment that names them is no fault, nor is a date made from a given time", () => {
  expect(impureLines("// Date.now() is not ours to call\n * setTimeout\nnew Date(atMs)")).toEqual([]);
});
