import { expect, test } from "vitest";
import { parseParams } from "./params.ts";

test.each([
  [";user=phone;user=phone", [["user", "phone"]]],
  [
    ";user=phone;noa=national;USER=ip",
    [
      ["user", "phone"],
      ["noa", "national"],
    ],
  ],
  [";lr;lr=on", [["lr", undefined]]],
  [";tag=1;tag=1", [["tag", "1"]]],
])("of a parameter that comes twice the first value counts: %s", (text, params) => {
  const read = parseParams(text);
  expect(read.ok && [...read.value]).toEqual(params);
});

test.each([";tag=1;tag=2", ";branch=z9hG4bKa;branch=z9hG4bKb", ";;lr", ";=a"])("%s is a failure", (text) => {
  expect(parseParams(text).ok).toBe(false);
});
