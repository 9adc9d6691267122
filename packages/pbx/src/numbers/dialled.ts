import { type CountryCode, type PhoneNumber, parsePhoneNumberWithError } from "libphonenumber-js/max";
import { type E164, readE164 } from "../domain/names.ts";
import { type Ending, ending } from "../kernel/ending.ts";
import { isEmergency } from "./emergency.ts";

/** `premium`: whoever calls pays more, or whom the money goes to is not what it seems: premium, shared-cost, personal and satellite numbers. */
export type Tariff = "usual" | "premium";

/** What a person typed, read as a number, or why it cannot be called. */
export type Dialled =
  | { readonly ok: true; readonly number: E164; readonly country: string; readonly tariff: Tariff }
  | { readonly ok: false; readonly ending: Ending };

const longest = 64;
const premiumTypes = new Set<string | undefined>(["PREMIUM_RATE", "SHARED_COST", "PERSONAL_NUMBER", "UAN", "PAGER"]);
/** Calling codes of no country that cost what they like: shared cost, satellites, networks, premium rate (ITU-T E.164.1 annexes). */
const premiumCodes = new Set<string>(["808", "870", "878", "881", "882", "883", "888", "979"]);

/**
 * Reads what a person dialled as E.164: spaces, brackets, dashes, letters and the country's own prefixes are understood.
 * @param country how a number without a plus is read, ISO 3166 two letters
 */
export function readDialled(typed: string, country: string): Dialled {
  const text = typed.trim();
  if (text.length === 0 || text.length > longest) return refused("not-a-number");
  return readText(vanityDigits(text.replace(/^tel:/i, "")), country);
}

function readText(text: string, country: string): Dialled {
  const digits = text.replaceAll(/[^\d+]/g, "");
  if (isEmergency(digits, country)) return refused("emergency");
  if (/^[1-9]\d{1,4}$/.test(digits) && /^[\d\s().-]+$/.test(text)) return refused("short-number");
  return readNumber(text, country);
}

function readNumber(text: string, country: string): Dialled {
  try {
    const parsed = parsePhoneNumberWithError(text, country as CountryCode);
    const number = readE164(parsed.number);
    if (number === undefined || !parsed.isPossible()) return refused("not-a-number");
    return { ok: true, number, country: countryOf(parsed), tariff: tariffOf(parsed) };
  } catch {
    return refused("not-a-number");
  }
}

const countryOf = ({ country, countryCallingCode }: PhoneNumber): string => country ?? `+${countryCallingCode}`;

function tariffOf(parsed: PhoneNumber): Tariff {
  const type = parsed.getType();
  // Personal numbers of North America, +1 5xx, cost what others do.
  if (type === "PERSONAL_NUMBER" && parsed.countryCallingCode === "1") return "usual";
  return premiumCodes.has(parsed.countryCallingCode) || premiumTypes.has(type) ? "premium" : "usual";
}

const keys = ["abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz"];

/** Letters after at least three digits are the keypad's (ITU-T E.161): 1-800-FLOWERS. */
function vanityDigits(text: string): string {
  if (!/^\+?[\d\s().-]*\d{3}[\s().-]*[a-z][a-z\d\s.-]*$/i.test(text)) return text;
  return text.toLowerCase().replaceAll(/[a-z]/g, (letter) => String(2 + keys.findIndex((key) => key.includes(letter))));
}

const refused = (code: "not-a-number" | "emergency" | "short-number"): Dialled => ({ ok: false, ending: ending(code) });
