import fc from "fast-check";
import { expect, test } from "vitest";
import { type Dialled, readDialled } from "./dialled.ts";

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

test.each([
  ["+1 900 555 0199", "premium"],
  ["1-900-555-0199", "premium"],
  ["+44 909 879 0000", "premium"],
  ["+49 900 1 123456", "premium"],
  ["+44 843 012 3456", "premium"],
  ["+44 70 1234 5678", "premium"],
  ["+881 6 123 45678", "premium"],
  ["+882 16 12345678", "premium"],
  ["+883 5100 1234 5678", "premium"],
  ["+870 773 111 632", "premium"],
  ["+979 1 2345 6789", "premium"],
  ["+808 1234 5678", "premium"],
  ["+1 500 555 0001", "usual"],
  ["+1 202 555 0123", "usual"],
  ["+1 800 356 9377", "usual"],
  ["+44 7400 123456", "usual"],
])("%s is %s", (typed, tariff) => {
  expect(readDialled(typed, "US")).toMatchObject({ ok: true, tariff });
});

test("a number of the Caribbean is no number of the United States, though both begin with +1", () => {
  expect(readDialled("+1 876 555 0123", "US")).toMatchObject({ ok: true, country: "JM" });
  expect(readDialled("1 809 555 0123", "US")).toMatchObject({ ok: true, country: "DO" });
});

test.each([
  ["999", "GB"],
  ["9 9 9", "GB"],
  ["110", "JP"],
  ["000", "AU"],
  ["17", "FR"],
  ["112", "US"],
  ["tel:911", "US"],
  ["\uff19\uff11\uff11", "US"],
  ["911#", "US"],
  ["110", "NO"],
  ["1669", "TH"],
])("%s is an emergency number in %s", (typed, country) => {
  expect(readDialled(typed, country)).toMatchObject({ ok: false, ending: { code: "emergency" } });
});

test("whatever is typed, it is a number in E.164 or refused with words, and such a number stays what it is", () => {
  const digit = fc.constantFrom(..."0123456789+*#() -.abcXYZ:;=@%\u0661".split(""));
  const typed = fc.oneof(
    fc.string({ maxLength: 80 }),
    fc.array(digit, { maxLength: 24 }).map((all) => all.join("")),
  );
  fc.assert(
    fc.property(typed, fc.constantFrom("US", "GB", "DE", "JP"), (text, country) => {
      const read = readDialled(text, country);
      if (!read.ok) return read.ending.words.length > 0;
      return /^\+[1-9]\d{1,14}$/.test(read.number) && same(readDialled(read.number, country), read.number);
    }),
  );
});

const same = (read: Dialled, number: string): boolean => read.ok && read.number === number;
