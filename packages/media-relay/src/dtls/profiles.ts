import { keyBytes, type SrtpKeys, type SrtpProfile, saltBytes } from "../srtp/keys.ts";
import { exportSrtp, type Randoms, type Side } from "./key-schedule.ts";
import { OctetReader } from "./octets.ts";

/** The number of each protection profile: RFC 5764 section 4.1.2, RFC 7714 section 14.2. */
export const profileNumber: Readonly<Record<SrtpProfile, number>> = {
  AES_CM_128_HMAC_SHA1_80: 1,
  AES_CM_128_HMAC_SHA1_32: 2,
  AEAD_AES_128_GCM: 7,
};

/** The first of our profiles that the peer supports. */
export const sharedProfile = (ours: readonly SrtpProfile[], theirs: readonly number[]): SrtpProfile | undefined =>
  ours.find((profile) => theirs.includes(profileNumber[profile]));

/** Exports the SRTP keys, RFC 5764 section 4.2. `side` is ours. */
export function srtpKeys(profile: SrtpProfile, side: Side, master: Uint8Array, randoms: Randoms): SrtpKeys {
  const salt = saltBytes[profile];
  const reader = new OctetReader(exportSrtp(master, randoms, 2 * (keyBytes + salt)));
  const [clientKey, serverKey] = [reader.take(keyBytes), reader.take(keyBytes)];
  const client = { key: clientKey.slice(), salt: reader.take(salt).slice() };
  const server = { key: serverKey.slice(), salt: reader.take(salt).slice() };
  return side === "client" ? { profile, local: client, remote: server } : { profile, local: server, remote: client };
}
