import type { Parsed } from "../kernel/parsed.ts";
import { keyBytes, type SrtpMaster, type SrtpProfile, saltBytes } from "./keys.ts";

const shape = /^inline:([A-Za-z0-9+/]+={0,2})(\|.*)?$/i;
const lifetime = /^\|(2\^\d{1,2}|\d{1,15})$/;
const keyAt = "inline:".length;

/**
 * Reads the key of a crypto attribute, RFC 4568 section 6.1: `inline:`, key and salt in base64, perhaps a lifetime, which a call
 * of days would not use up.
 * @returns a failure, with where it begins, for another method, a length that the profile does not have, a master key
 *   identifier, or several keys
 */
export function parseInlineKey(profile: SrtpProfile, text: string): Parsed<SrtpMaster> {
  const [, encoded, rest = ""] = shape.exec(text) ?? [];
  if (encoded === undefined) return { ok: false, at: 0, why: "expected one 'inline:' and base64" };
  const bytes = Buffer.from(encoded, "base64");
  const whole = keyBytes + saltBytes[profile];
  if (bytes.length !== whole) return { ok: false, at: keyAt, why: `key and salt of ${profile} have ${whole} octets` };
  if (rest !== "" && !lifetime.test(rest)) {
    return { ok: false, at: keyAt + encoded.length, why: "only a lifetime may follow: no master key identifier" };
  }
  return {
    ok: true,
    value: { key: new Uint8Array(bytes.subarray(0, keyBytes)), salt: new Uint8Array(bytes.subarray(keyBytes)) },
  };
}

/** Writes the key of a crypto attribute, without a lifetime: the default is 2^48 packets (RFC 4568 section 6.1). */
export const formatInlineKey = ({ key, salt }: SrtpMaster): string =>
  `inline:${Buffer.concat([key, salt]).toString("base64")}`;
