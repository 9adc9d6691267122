import { createHash, createHmac } from "node:crypto";
import { joined, OctetReader } from "./octets.ts";

/** The randoms of both hellos. */
export type Randoms = { readonly client: Uint8Array; readonly server: Uint8Array };

/** The keys for the records of one direction, RFC 5288 section 3. */
export type WriteKeys = { readonly key: Uint8Array; readonly salt: Uint8Array };

const hash = "sha256";
const masterOctets = 48;
const verifyOctets = 12;
const keyOctets = 16;
const saltOctets = 4;

/** One of the two peers. */
export type Side = "client" | "server";

/** The pseudorandom function with SHA-256, RFC 5246 section 5. */
export function prf(secret: Uint8Array, label: string, seed: Uint8Array, length: number): Uint8Array {
  const labelled = joined(new TextEncoder().encode(label), seed);
  const blocks: Uint8Array[] = [];
  let chained: Uint8Array = labelled;
  for (let octets = 0; octets < length; octets += 32) {
    chained = hmac(secret, chained);
    blocks.push(hmac(secret, joined(chained, labelled)));
  }
  return joined(...blocks).subarray(0, length);
}

const hmac = (secret: Uint8Array, data: Uint8Array): Uint8Array => createHmac(hash, secret).update(data).digest();
const digest = (data: Uint8Array): Uint8Array => createHash(hash).update(data).digest();

/** The master secret, RFC 5246 section 8.1. */
export const masterSecret = (shared: Uint8Array, { client, server }: Randoms): Uint8Array =>
  prf(shared, "master secret", joined(client, server), masterOctets);

/** The master secret that is bound to the handshake up to ClientKeyExchange, RFC 7627 section 4. */
export const extendedMasterSecret = (shared: Uint8Array, handshake: Uint8Array): Uint8Array =>
  prf(shared, "extended master secret", digest(handshake), masterOctets);

/** The content of a Finished message, RFC 5246 section 7.4.9. */
export const verifyData = (master: Uint8Array, from: Side, handshake: Uint8Array): Uint8Array =>
  prf(master, `${from} finished`, digest(handshake), verifyOctets);

/** The keys that protect the records of both sides, RFC 5246 section 6.3. */
export function writeKeys(master: Uint8Array, { client, server }: Randoms): Readonly<Record<Side, WriteKeys>> {
  const octets = prf(master, "key expansion", joined(server, client), 2 * (keyOctets + saltOctets));
  const reader = new OctetReader(octets);
  const [clientKey, serverKey] = [reader.take(keyOctets), reader.take(keyOctets)];
  return {
    client: { key: clientKey, salt: reader.take(saltOctets) },
    server: { key: serverKey, salt: reader.take(saltOctets) },
  };
}

/** Keying material for SRTP, RFC 5764 section 4.2. */
export const exportSrtp = (master: Uint8Array, { client, server }: Randoms, length: number): Uint8Array =>
  prf(master, "EXTRACTOR-dtls_srtp", joined(client, server), length);
