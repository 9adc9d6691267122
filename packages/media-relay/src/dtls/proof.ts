import { type KeyObject, timingSafeEqual } from "node:crypto";
import { readCertificate } from "./authentication.ts";
import { type Fingerprint, isNamedBy, publicKeyOf } from "./certificate.ts";
import type { Refused } from "./role.ts";

/** Reasons to reject a message. Any of them can be caused by a forged message, so the handshake continues. */
export const refusals = {
  malformed: { reason: "dtls-malformed" },
  unexpected: { reason: "dtls-unexpected" },
  noVersion: { reason: "dtls-unexpected", why: "the browser does not support DTLS 1.2" },
  noSuite: { reason: "dtls-unexpected", why: "the browser supports none of our cipher suites" },
  noGroup: { reason: "dtls-unexpected", why: "the browser supports none of our key exchange groups" },
  noProfile: { reason: "dtls-unexpected", why: "the browser supports none of our SRTP protection profiles" },
  notAsked: { reason: "dtls-unexpected", why: "the browser sent an extension that was not requested" },
  noCertificate: { reason: "dtls-not-proved", why: "the browser sent no certificate" },
  otherCertificate: {
    reason: "dtls-not-proved",
    why: "the browser's certificate does not match the fingerprint in its SDP",
  },
  badKeyShare: { reason: "dtls-not-proved", why: "the browser's key share is not valid" },
  noPossession: {
    reason: "dtls-not-proved",
    why: "the browser did not prove that it holds its certificate's private key",
    rewinds: true,
  },
  otherHandshake: {
    reason: "dtls-not-proved",
    why: "the browser's Finished message does not match the handshake",
    rewinds: true,
  },
  otherAnswer: { reason: "dtls-not-proved", why: "the browser's Finished message does not match the handshake" },
} as const satisfies Readonly<Record<string, Refused>>;

/** The public key in a Certificate message, if the certificate matches the SDP (RFC 5763 section 5). */
export function namedKey(body: Uint8Array, fingerprints: readonly Fingerprint[]): KeyObject | Refused {
  const certificate = readCertificate(body);
  if (certificate === undefined) return body.length === 3 ? refusals.noCertificate : refusals.malformed;
  if (!isNamedBy(fingerprints, certificate)) return refusals.otherCertificate;
  return publicKeyOf(certificate) ?? refusals.otherCertificate;
}

/** Compares in constant time. */
export const isSameProof = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && timingSafeEqual(one, other);

export const isRefused = (outcome: object | undefined): outcome is Refused =>
  outcome !== undefined && "reason" in outcome;
