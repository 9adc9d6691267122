import { createHmac, timingSafeEqual } from "node:crypto";
import { attribute, stunHeaderBytes, visitAttributes } from "./message.ts";

/** Octets of a MESSAGE-INTEGRITY. */
export const integrityBytes = 20;

/**
 * The value of MESSAGE-INTEGRITY, RFC 8489 section 14.5: an HMAC over everything before the attribute, with a length that
 * ends with it.
 * @param valueAt where the attribute's value lies or is to lie.
 */
export function integrityOf(p: Uint8Array, valueAt: number, password: string): Uint8Array {
  const covered = new Uint8Array(p.subarray(0, valueAt - 4));
  const length = valueAt + integrityBytes - stunHeaderBytes;
  covered[2] = length >>> 8;
  covered[3] = length & 0xff;
  return createHmac("sha1", password).update(covered).digest();
}

/** Whether the MESSAGE-INTEGRITY whose value lies at `valueAt` was made with that password. */
export const isAuthentic = (p: Uint8Array, valueAt: number, password: string): boolean =>
  timingSafeEqual(integrityOf(p, valueAt, password), p.subarray(valueAt, valueAt + integrityBytes));

/** Whether a message carries a MESSAGE-INTEGRITY that was made with that password. */
export function carriesIntegrity(p: Uint8Array, password: string): boolean {
  let valueAt: number | undefined;
  visitAttributes(p, (type, at, length) => {
    if (type !== attribute.integrity) return true;
    if (length === integrityBytes) valueAt = at;
    return false;
  });
  return valueAt !== undefined && isAuthentic(p, valueAt, password);
}
