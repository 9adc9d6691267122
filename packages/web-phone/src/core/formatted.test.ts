import { expect, test } from "vitest";
import { callerText, readable } from "./formatted.ts";

test("numbers are written out with their country", () => {
  expect(readable("+12025550123", "US")).toEqual({ text: "+1 202 555 0123", region: "United States" });
  expect(readable("2025550123", "US").text).toBe("+1 202 555 0123");
  expect(readable("+442079460018", "US")).toEqual({ text: "+44 20 7946 0018", region: "United Kingdom" });
});

test("what is no complete number stays as it is", () => {
  for (const text of ["202", "alice", "", "*72", "+", "911"]) expect(readable(text, "US").text).toBe(text);
  expect(readable("2025550123", "nowhere").text).toBe("2025550123");
});

test("a withheld number says so", () => {
  expect(callerText("anonymous", "US")).toBe("Unknown caller");
  expect(callerText("", "US")).toBe("Unknown caller");
  expect(callerText("+12025550123", "US")).toBe("+1 202 555 0123");
});
