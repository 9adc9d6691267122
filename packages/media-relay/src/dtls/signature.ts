import { constants, type KeyObject, sign, verify } from "node:crypto";

/** A signature scheme (RFC 8446 section 4.2.3; RFC 5246 section 7.4.1.4.1 has the same numbers). */
type Scheme = { readonly key: "ec" | "rsa" | "ed25519"; readonly hash: string | null; readonly pss?: true };

/** MD5 and SHA-1 are left out (RFC 9155). */
const schemes: ReadonlyMap<number, Scheme> = new Map<number, Scheme>([
  [0x0403, { key: "ec", hash: "sha256" }],
  [0x0503, { key: "ec", hash: "sha384" }],
  [0x0603, { key: "ec", hash: "sha512" }],
  [0x0807, { key: "ed25519", hash: null }],
  [0x0804, { key: "rsa", hash: "sha256", pss: true }],
  [0x0805, { key: "rsa", hash: "sha384", pss: true }],
  [0x0806, { key: "rsa", hash: "sha512", pss: true }],
  [0x0401, { key: "rsa", hash: "sha256" }],
  [0x0501, { key: "rsa", hash: "sha384" }],
  [0x0601, { key: "rsa", hash: "sha512" }],
]);

/** Schemes accepted from the peer. */
export const signatureSchemes: readonly number[] = [...schemes.keys()];

/** The scheme we sign with: ECDSA on P-256 with SHA-256, which every browser supports (RFC 8827 section 6.5). */
export const ownScheme = 0x0403;

/** Signs `data` with our key. */
export const signData = (key: KeyObject, data: Uint8Array): Uint8Array => sign("sha256", data, key);

/** Verifies a signature by a supported scheme. */
export function isSignedBy(key: KeyObject, scheme: number, data: Uint8Array, signature: Uint8Array): boolean {
  const how = schemes.get(scheme);
  if (how === undefined || key.asymmetricKeyType !== how.key) return false;
  const padding = how.pss && { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  try {
    return verify(how.hash, data, { key, ...padding }, signature);
  } catch {
    return false;
  }
}
