import { createHash } from "node:crypto";

/** The hash algorithms of digest that are spoken here, RFC 8760 section 2.1. */
export type DigestAlgorithm = "SHA-256" | "MD5";

/** Hex of a text's hash (UTF-8). A parameter, so that a test can count. */
export type Hash = (algorithm: DigestAlgorithm, text: string) => string;

/** Node's own hashes. */
export const systemHash: Hash = (algorithm, text) =>
  createHash(algorithm === "MD5" ? "md5" : "sha256")
    .update(text)
    .digest("hex");

/** The algorithms from the strongest to the weakest: the order in which they are offered and chosen. */
export const strongestFirst: readonly DigestAlgorithm[] = ["SHA-256", "MD5"];

/** What a digest is made over. `use` is there with qop `auth` and absent with the older form without qop. */
export type DigestInput = {
  readonly algorithm: DigestAlgorithm;
  readonly nonce: string;
  readonly method: string;
  readonly uri: string;
  readonly use?: { readonly nc: string; readonly cnonce: string };
};

/** H(A1): the hash of `username:realm:password`, RFC 7616 section 3.4.2. */
export function secretHash(
  hash: Hash,
  algorithm: DigestAlgorithm,
  [username, realm, password]: readonly [username: string, realm: string, password: string],
): string {
  return hash(algorithm, `${username}:${realm}:${password}`);
}

/** The `response` of an answer, RFC 7616 section 3.4.1; `ha1` from {@link secretHash}. Two hashes. */
export function digestResponse(hash: Hash, ha1: string, { algorithm, nonce, method, uri, use }: DigestInput): string {
  const ha2 = hash(algorithm, `${method}:${uri}`);
  const middle = use === undefined ? nonce : `${nonce}:${use.nc}:${use.cnonce}:auth`;
  return hash(algorithm, `${ha1}:${middle}:${ha2}`);
}

/** The algorithm that a challenge or answer names; MD5 when it names none, undefined when it is not spoken here. */
export function algorithmOf(name: string | undefined): DigestAlgorithm | undefined {
  return strongestFirst.find((known) => known === (name ?? "MD5").toUpperCase());
}
