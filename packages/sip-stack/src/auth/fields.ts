import { type Parsed, parsed, unparsed } from "../kernel/parsed.ts";
import { quote, splitOutside, trimBlanks, unquote } from "../message/split.ts";

/** What follows the scheme: names in lower case, values without their quotes. */
export type DigestFields = ReadonlyMap<string, string>;

const maxFields = 32;

/** Reads the value of WWW-Authenticate, Authorization and their proxy twins, RFC 3261 section 25.1; only `Digest`. */
export function readDigestFields(text: string): Parsed<DigestFields> {
  const scheme = /^digest[ \t]+/i.exec(text)?.[0];
  if (scheme === undefined) return unparsed(0, "scheme is not Digest");
  const parts = splitOutside(text.slice(scheme.length), ",");
  if (parts.length > maxFields) return unparsed(scheme.length, "too many digest fields");
  const fields = new Map<string, string>();
  for (const part of parts) {
    const equals = part.indexOf("=");
    const name = trimBlanks(part.slice(0, Math.max(equals, 0))).toLowerCase();
    if (name === "") return unparsed(scheme.length, "digest field without a name");
    if (fields.has(name)) return unparsed(scheme.length, "digest field comes twice");
    fields.set(name, unquote(trimBlanks(part.slice(equals + 1))));
  }
  return parsed(fields);
}

// RFC 7616 section 3.5 and RFC 3261 section 25.1: these stand without quotes.
const bare = new Set(["algorithm", "nc", "stale"]);

/** A header value with these fields in order; undefined ones are left out. `qop` is quoted only in a challenge. */
export function formatDigestFields(
  fields: Readonly<Record<string, string | undefined>>,
  kind: "challenge" | "answer",
): string {
  const isBare = (name: string): boolean => bare.has(name) || (name === "qop" && kind === "answer");
  const written = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${isBare(name) ? value : quote(value)}`],
  );
  return `Digest ${written.join(", ")}`;
}
