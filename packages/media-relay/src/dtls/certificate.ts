import { createHash, type KeyObject, X509Certificate } from "node:crypto";

/** A line `a=fingerprint` of SDP, RFC 8122 section 5. */
export type Fingerprint = { readonly algorithm: string; readonly value: string };

/** Our certificate, DER, and its private key. */
export type Identity = { readonly certificate: Uint8Array; readonly privateKey: KeyObject };

/** Supported fingerprint hash functions, strongest first. MD2 and MD5 must not be used (RFC 8122 section 5). */
const hashes: ReadonlyMap<string, string> = new Map([
  ["sha-512", "sha512"],
  ["sha-384", "sha384"],
  ["sha-256", "sha256"],
  ["sha-224", "sha224"],
  ["sha-1", "sha1"],
]);

/**
 * Whether the SDP's fingerprints include this certificate. Only fingerprints with the strongest supported hash function count; any
 * of them may match (RFC 8122 section 5).
 */
export function isNamedBy(fingerprints: readonly Fingerprint[], certificate: Uint8Array): boolean {
  const named = fingerprints.map(({ algorithm, value }) => [algorithm.trim().toLowerCase(), plain(value)] as const);
  const strongest = [...hashes.keys()].find((name) => named.some(([algorithm]) => algorithm === name));
  if (strongest === undefined) return false;
  const actual = createHash(hashes.get(strongest)!).update(certificate).digest("hex");
  return named.some(([algorithm, value]) => algorithm === strongest && value === actual);
}

/** Whether a fingerprint has a supported hash function and the right length. */
export function isUsable({ algorithm, value }: Fingerprint): boolean {
  const hash = hashes.get(algorithm.trim().toLowerCase());
  return hash !== undefined && plain(value).length === 2 * createHash(hash).digest().length;
}

/** Whether `list` includes a fingerprint, ignoring case. */
export const isAmong = (list: readonly Fingerprint[], { algorithm, value }: Fingerprint): boolean =>
  list.some((one) => one.algorithm.toLowerCase() === algorithm.toLowerCase() && plain(one.value) === plain(value));

const plain = (value: string): string => value.trim().replaceAll(":", "").toLowerCase();

/** A certificate's public key; `undefined` when it cannot be read. Dates and issuer are not checked (RFC 5763 section 5). */
export function publicKeyOf(certificate: Uint8Array): KeyObject | undefined {
  try {
    return new X509Certificate(certificate).publicKey;
  } catch {
    return undefined;
  }
}
