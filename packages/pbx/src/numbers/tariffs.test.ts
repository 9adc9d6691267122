import fc from "fast-check";
import { type CountryCode, Metadata as Plans } from "libphonenumber-js/core";
import { getCountries, getCountryCallingCode, parsePhoneNumberWithError } from "libphonenumber-js/max";
import metadata from "libphonenumber-js/max/metadata";
import { expect, test } from "vitest";
import { readDialled } from "./dialled.ts";

const costly = ["PREMIUM_RATE", "SHARED_COST", "PERSONAL_NUMBER", "PAGER", "UAN"];
const ordinary = ["FIXED_LINE", "MOBILE", "TOLL_FREE", "VOIP", "VOICEMAIL"];
const ofNoCountry = ["808", "870", "878", "881", "882", "883", "888", "979"];

/** What the library knows of one type of number in a plan; its types leave it out. */
type PlanOfType = { pattern(): string; possibleLengths(): readonly number[] | undefined };
type Plan = { selectNumberingPlan(plan: string): void; type(type: string): PlanOfType | undefined };

/** National numbers of a type, made from the plan's own pattern. */
function examples(plan: string, type: string): readonly string[] {
  const plans = new Plans(metadata) as unknown as Plan;
  plans.selectNumberingPlan(plan);
  const found = plans.type(type);
  if (!found?.pattern()) return [];
  const numbers = fc.sample(fc.stringMatching(new RegExp(`^(?:${found.pattern()})$`)), { numRuns: 4, seed: 7 });
  return numbers.filter((number) => found.possibleLengths()?.includes(number.length) ?? true);
}

/** A number as people write it: international, national, from abroad, with separators. */
function spellings(country: CountryCode, national: string): readonly string[] {
  const number = `+${getCountryCallingCode(country)}${national}`;
  const written = number.replaceAll(/(\d{3})/g, "$1 ");
  const shown = parsePhoneNumberWithError(number).formatNational();
  return [number, written, written.replaceAll(" ", "-"), `tel:${number}`, shown, national];
}

const changes = (national: string): readonly string[] => [
  ...["0", "1", "7", "00", "55", "123", "9999"].map((more) => national + more),
  ...[1, 2, 3].map((fewer) => national.slice(0, -fewer)),
];

/** What the plan itself says is another number, of an ordinary type. */
function isOrdinary(text: string, country: CountryCode): boolean {
  try {
    const parsed = parsePhoneNumberWithError(text, country);
    return parsed.isValid() && ordinary.some((type) => parsed.getType()?.startsWith(type));
  } catch {
    return false;
  }
}

const isDialledAsUsual = (text: string, country: string): boolean => {
  const read = readDialled(text, country);
  return read.ok && read.tariff === "usual";
};

/** Personal numbers of North America cost what others do. */
const isFree = (country: CountryCode, type: string): boolean =>
  type === "PERSONAL_NUMBER" && getCountryCallingCode(country) === "1";

test("no number that costs more is dialled as a usual one, in any country, however it is written", () => {
  const dialled = getCountries().flatMap((country) =>
    costly.flatMap((type) =>
      isFree(country, type)
        ? []
        : examples(country, type)
            .flatMap((national) => spellings(country, national))
            .filter((text) => isDialledAsUsual(text, country) && !isOrdinary(text, country)),
    ),
  );
  expect(dialled).toEqual([]);
});

test("nor is one with digits too many or too few, unless that is another number of the plan", () => {
  const dialled = getCountries().flatMap((country) =>
    costly.flatMap((type) =>
      examples(country, type)
        .flatMap(changes)
        .flatMap((national) => [`+${getCountryCallingCode(country)}${national}`, national])
        .filter((text) => isDialledAsUsual(text, country) && !isOrdinary(text, country)),
    ),
  );
  expect(dialled).toEqual([]);
});

test("a number of no country costs more, whatever its length", () => {
  const numbers = ofNoCountry.flatMap((code) =>
    [...Array(6).keys()].map((more) => `+${code}1234567${"8".repeat(more)}`),
  );
  expect(numbers.filter((number) => isDialledAsUsual(number, "US"))).toEqual([]);
});

const mostDigits = 15;

test("ordinary numbers of every country are dialled as usual ones", () => {
  const refused = getCountries().flatMap((country) =>
    ordinary.flatMap((type) =>
      examples(country, type)
        .map((national) => `+${getCountryCallingCode(country)}${national}`)
        .filter(
          (number) =>
            number.length <= 1 + mostDigits && isOrdinary(number, country) && !isDialledAsUsual(number, country),
        ),
    ),
  );
  expect(refused).toEqual([]);
});

test.each([
  ["+49900123456789", "DE"],
  ["0900 1 234567 8", "DE"],
  ["+3190612345678", "NL"],
  ["+3586001234567", "FI"],
  ["+819901234567", "JP"],
])("%s, premium with one digit too many, is judged by how it begins", (typed, country) => {
  expect(readDialled(typed, country)).not.toMatchObject({ ok: true, tariff: "usual" });
});
