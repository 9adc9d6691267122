import { type CountryCode, type PhoneNumber, parsePhoneNumberWithError } from "libphonenumber-js/max";
import { isEmergency } from "../domain/emergency.ts";
import { type E164, readE164 } from "../domain/names.ts";
import { type Ending, ending } from "../kernel/ending.ts";

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
  // Digits may come full-width, as Japanese keyboards write them.
  const text = typed.normalize("NFKC").trim();
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
  const parsed = parse(text, country as CountryCode);
  const number = parsed && readE164(parsed.number);
  const tariff = parsed?.isPossible() ? tariffOf(parsed) : undefined;
  if (number === undefined || tariff === undefined) return refused("not-a-number");
  return { ok: true, number, country: countryOf(parsed!), tariff };
}

function parse(text: string, country?: CountryCode): PhoneNumber | undefined {
  try {
    return parsePhoneNumberWithError(text, country);
  } catch {
    return undefined;
  }
}

const countryOf = ({ country, countryCallingCode }: PhoneNumber): string => country ?? `+${countryCallingCode}`;

/** `undefined`: the numbering plan has no such number, so nobody can say what it costs. */
function tariffOf(parsed: PhoneNumber): Tariff | undefined {
  if (premiumCodes.has(parsed.countryCallingCode)) return "premium";
  if (parsed.isValid()) return isPremium(parsed) ? "premium" : "usual";
  return beginsWithPremium(parsed.number) ? "premium" : undefined;
}

function isPremium(parsed: PhoneNumber): boolean {
  const type = parsed.getType();
  // Personal numbers of North America, +1 5xx, cost what others do.
  if (type === "PERSONAL_NUMBER" && parsed.countryCallingCode === "1") return false;
  return premiumTypes.has(type);
}

const mostExtraDigits = 8;

/** Whether a premium number is followed by more digits: the telephone network ignores those and connects it. */
function beginsWithPremium(number: string): boolean {
  return Array.from({ length: mostExtraDigits }, (_, at) => parse(number.slice(0, -1 - at))).some(
    (shorter) => shorter?.isValid() === true && isPremium(shorter),
  );
}

const keys = ["abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz"];

/** Letters after at least three digits are the keypad's (ITU-T E.161): 1-800-FLOWERS. */
function vanityDigits(text: string): string {
  if (!/^\+?[\d\s().-]*\d{3}[\s().-]*[a-z][a-z\d\s.-]*$/i.test(text)) return text;
  return text.toLowerCase().replaceAll(/[a-z]/g, (letter) => String(2 + keys.findIndex((key) => key.includes(letter))));
}

const refused = (code: "not-a-number" | "emergency" | "short-number"): Dialled => ({ ok: false, ending: ending(code) });
