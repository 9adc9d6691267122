import { expect, test } from "vitest";
import { Recent } from "./recent.ts";

test("above the limit the oldest values are forgotten, and adding one again makes it young", () => {
  const recent = new Recent(2);
  for (const value of ["a", "b", "a", "c"]) recent.add(value);
  expect(["a", "b", "c"].map((value) => recent.has(value))).toEqual([true, false, true]);
  recent.delete("a");
  expect(recent.has("a")).toBe(false);
});
