import { createHmac, timingSafeEqual } from "node:crypto";

const headerBytes = 20;
const magicCookie = 0x2112a442;
const bindingRequest = 0x0001;
const attribute = { username: 0x0006, integrity: 0x0008 } as const;
const integrityBytes = 20;

/** Where the attributes lie that say who asks. Offsets of the attributes' values. */
type Credentials = { readonly username: string; readonly integrityAt: number };

/** Whether a datagram has the outer form of a STUN message, RFC 8489 section 5: cookie and length. */
export function isStunMessage(p: Uint8Array): boolean {
  const view = new DataView(p.buffer, p.byteOffset, p.byteLength);
  return p.length >= headerBytes && view.getUint32(4) === magicCookie && view.getUint16(2) === p.length - headerBytes;
}

/** Whether a STUN message is a request; responses are checked by who asked. */
export const isStunRequest = (p: Uint8Array): boolean => ((p[0]! << 8) | p[1]!) === bindingRequest;

/**
 * Whether a binding request carries the right MESSAGE-INTEGRITY, RFC 8489 section 14.5, for the ICE user it names
 * (RFC 8445 section 7.3: our user fragment, a colon, theirs).
 * @param passwordOf the password of a user fragment of ours, if it is one.
 */
export function isAuthenticRequest(p: Uint8Array, passwordOf: (userFragment: string) => string | undefined): boolean {
  const credentials = isStunMessage(p) ? readCredentials(p) : undefined;
  if (credentials === undefined) return false;
  const password = passwordOf(credentials.username.split(":")[0] ?? "");
  if (password === undefined) return false;
  const { integrityAt } = credentials;
  return timingSafeEqual(integrityOf(p, integrityAt, password), p.subarray(integrityAt, integrityAt + integrityBytes));
}

/** The HMAC covers everything before the attribute, with a length that ends with it. */
function integrityOf(p: Uint8Array, integrityAt: number, password: string): Uint8Array {
  const covered = new Uint8Array(p.subarray(0, integrityAt - 4));
  const length = integrityAt + integrityBytes - headerBytes;
  covered[2] = length >>> 8;
  covered[3] = length & 0xff;
  return createHmac("sha1", password).update(covered).digest();
}

function readCredentials(p: Uint8Array): Credentials | undefined {
  const view = new DataView(p.buffer, p.byteOffset, p.byteLength);
  let username: string | undefined;
  let at = headerBytes;
  while (at + 4 <= p.length) {
    const length = view.getUint16(at + 2);
    const valueAt = at + 4;
    if (valueAt + length > p.length) return undefined;
    const type = view.getUint16(at);
    if (type === attribute.username) username = new TextDecoder().decode(p.subarray(valueAt, valueAt + length));
    if (type === attribute.integrity) {
      return username === undefined || length !== integrityBytes ? undefined : { username, integrityAt: valueAt };
    }
    at = valueAt + Math.ceil(length / 4) * 4;
  }
  return undefined;
}
