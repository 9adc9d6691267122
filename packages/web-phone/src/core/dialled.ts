import { type Parsed, parsed, refused } from "../kernel/parsed.ts";

/** The longest thing that can be dialled; E.164 has 15 digits, prefixes and names need some more. */
const longest = 40;

const invisible = /[\p{Cf}\p{Cc}]/gu;
const scheme = /^(?:tel|sips?|callto):\/*/i;
const uriRest = /[;?@].*/;
const trunkZero = /^(\+|00|011)(.*?)\(0\)/;
const punctuation = /[\s().\-‐-―−/\u00a0]/g;
const vanity = /^\+?[\d*#]{3,}[A-Z]{3}[\dA-Z]*$/i;
const userName = /^[a-z][a-z0-9_-]*$/i;
const number = /^\+?[\d*#]+$/;
const keypad = ["abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz"];

/**
 * Reads what a person typed, pasted or followed a link to, as it is to be dialled: `+`, digits, `*` and `#` are kept,
 * punctuation goes, letters become digits only in a vanity number such as 1-800-FLOWERS, and a name stays a name. How
 * the number is meant (country, prefixes) is for the server to read.
 * @returns a failure with a sentence for the person.
 */
export function readDialled(text: string): Parsed<string> {
  const said = withoutScheme(
    text
      .slice(0, 4 * longest)
      .normalize("NFKC")
      .replace(invisible, "")
      .trim(),
  );
  const bare = userName.test(said) ? said : said.replace(trunkZero, "$1$2").replace(punctuation, "");
  if (bare === "") return refused("Enter a number to call.");
  if (bare.length > longest) return refused("This is too long for a phone number.", longest);
  if (number.test(bare)) return parsed(bare);
  if (vanity.test(bare)) return parsed(bare.replace(/[a-z]/gi, letterKey));
  if (userName.test(bare)) return parsed(bare.toLowerCase());
  return unreadable(bare);
}

function withoutScheme(text: string): string {
  return scheme.test(text) ? text.replace(scheme, "").replace(uriRest, "") : text;
}

function letterKey(letter: string): string {
  return String(keypad.findIndex((letters) => letters.includes(letter.toLowerCase())) + 2);
}

function unreadable(text: string): Parsed<never> {
  const at = Math.max(text.search(/[^\da-z*#+]/iu), 0);
  const strange = /[^\da-z*#+]/iu.exec(text)?.[0];
  return refused(
    strange === undefined ? "This is not a phone number." : `“${strange}” cannot be part of a phone number.`,
    at,
  );
}
