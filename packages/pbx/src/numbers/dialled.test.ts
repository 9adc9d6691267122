import { expect, test } from "vitest";
import { readDialled } from "./dialled.ts";

test.each([
  ["+1 202 555 0123", "US", "+12025550123"],
  ["(202) 555-0123", "US", "+12025550123"],
  ["202.555.0123", "US", "+12025550123"],
  ["1-202-555-0123", "US", "+12025550123"],
  ["tel:+1-202-555-0123", "US", "+12025550123"],
  ["011 44 20 7946 0018", "US", "+442079460018"],
  ["00 49 30 901820", "DE", "+4930901820"],
  ["030 901820", "DE", "+4930901820"],
  ["+15005550001", "US", "+15005550001"],
  ["1-800-FLOWERS", "US", "+18003569377"],
])("%s dialled in %s is %s", (typed, country, number) => {
  expect(readDialled(typed, country)).toMatchObject({ ok: true, number });
});

test.each([
  ["911", "emergency"],
  ["112", "emergency"],
  ["411", "short-number"],
  ["12", "short-number"],
  ["", "not-a-number"],
  ["hello", "not-a-number"],
  ["+1 202", "not-a-number"],
  ["+999 1234 5678", "not-a-number"],
  ["9".repeat(1000), "not-a-number"],
  ["+1202555012345678", "not-a-number"],
])("%s cannot be called: %s", (typed, code) => {
  expect(readDialled(typed, "US")).toMatchObject({ ok: false, ending: { code } });
});
