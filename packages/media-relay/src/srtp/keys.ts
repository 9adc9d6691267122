import { type RandomBytes, systemRandom } from "../kernel/random.ts";

/** The protections that are spoken here: the DTLS-SRTP profiles 1, 2 and 7 (RFC 5764, RFC 7714), SDES suites of the same name (RFC 4568). */
export type SrtpProfile = "AES_CM_128_HMAC_SHA1_80" | "AES_CM_128_HMAC_SHA1_32" | "AEAD_AES_128_GCM";

/** What two peers agreed for one direction: a key of 16 octets, a salt of `saltBytes`. */
export type SrtpMaster = { readonly key: Uint8Array; readonly salt: Uint8Array };

/** Both directions: `local` protects what we send, `remote` opens what comes. */
export type SrtpKeys = { readonly profile: SrtpProfile; readonly local: SrtpMaster; readonly remote: SrtpMaster };

/** Octets of a master key. */
export const keyBytes = 16;

/** Octets of a master salt, and of the session salts made of it: RFC 3711 section 8.2, RFC 7714 section 12. */
export const saltBytes: { readonly [Profile in SrtpProfile]: number } = {
  AES_CM_128_HMAC_SHA1_80: 14,
  AES_CM_128_HMAC_SHA1_32: 14,
  AEAD_AES_128_GCM: 12,
};

/** A fresh secret for what we send. */
export const freshMaster = (profile: SrtpProfile, random: RandomBytes = systemRandom): SrtpMaster => ({
  key: random(keyBytes),
  salt: random(saltBytes[profile]),
});
