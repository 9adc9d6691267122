import { createCipheriv, createDecipheriv } from "node:crypto";
import type { WriteKeys } from "./key-schedule.ts";
import { joined, number } from "./octets.ts";
import type { DtlsRecord } from "./record.ts";

const algorithm = "aes-128-gcm";
const explicitOctets = 8;
const tagOctets = 16;

/** Protects a record with AES_128_GCM, RFC 5288 section 3. Its epoch and sequence number are the explicit part of the nonce. */
export function protectRecord({ key, salt }: WriteKeys, record: DtlsRecord): DtlsRecord {
  const explicit = numberOf(record);
  const cipher = createCipheriv(algorithm, key, joined(salt, explicit), { authTagLength: tagOctets });
  cipher.setAAD(additionalData(record, record.body.length));
  const sealed = joined(cipher.update(record.body), cipher.final());
  return { ...record, body: joined(explicit, sealed, cipher.getAuthTag()) };
}

/** The content of a protected record; `undefined` when it is not authentic. */
export function unprotectRecord({ key, salt }: WriteKeys, record: DtlsRecord): Uint8Array | undefined {
  const { body } = record;
  const length = body.length - explicitOctets - tagOctets;
  if (length < 0) return undefined;
  const nonce = joined(salt, body.subarray(0, explicitOctets));
  const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagOctets });
  decipher.setAAD(additionalData(record, length));
  decipher.setAuthTag(body.subarray(explicitOctets + length));
  try {
    return joined(decipher.update(body.subarray(explicitOctets, explicitOctets + length)), decipher.final());
  } catch {
    return undefined;
  }
}

const numberOf = ({ epoch, sequence }: DtlsRecord): Uint8Array => joined(number(2, epoch), number(6, sequence));

/** RFC 5246 section 6.2.3.3 with the sequence number of RFC 6347 section 4.1.2.1. */
const additionalData = (record: DtlsRecord, length: number): Uint8Array =>
  joined(numberOf(record), number(1, record.type), number(2, record.version), number(2, length));
