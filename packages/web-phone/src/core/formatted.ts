import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/min";

/** A number made readable, and where it is. */
export type ReadableNumber = { readonly text: string; readonly region: string | undefined };

const regions = new Intl.DisplayNames(["en"], { type: "region" });

/**
 * Makes a number readable: `+1 202 555 0123`, with the name of its country. What is no complete number (a name, a short
 * number, something half typed) comes back as it is. `country` is how a number without `+` is meant.
 */
export function readable(number: string, country: string): ReadableNumber {
  const read = parsePhoneNumberFromString(number, isSupportedCountry(country) ? (country as CountryCode) : undefined);
  if (read === undefined || !read.isPossible()) return { text: number, region: undefined };
  return { text: read.formatInternational(), region: read.country && regions.of(read.country) };
}

/** How a caller without a number is called. */
const withheld = /^(anonymous|unknown|restricted|unavailable|private|)$/i;

/** The number of a caller, readable; a withheld one says so. */
export function callerText(number: string, country: string): string {
  return withheld.test(number) ? "Unknown caller" : readable(number, country).text;
}
