import { joined, number, OctetReader } from "./octets.ts";

/** Content types, RFC 5246 section 6.2.1. */
export const contentType = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23 } as const;

/** DTLS 1.2, RFC 6347 section 4.1. */
export const dtls12 = 0xfefd;
const dtls10 = 0xfeff;

/** Octets of a record's header. */
export const recordHeaderOctets = 13;
/** RFC 5246 section 6.2.3: the content and what encryption adds. */
const mostOctets = 2 ** 14 + 2048;
/** More records than any flight has; the rest of the datagram is not read. */
const mostRecords = 32;

/** One record, RFC 6347 section 4.1. `sequence` is counted by epoch. */
export type DtlsRecord = {
  readonly type: number;
  readonly version: number;
  readonly epoch: number;
  readonly sequence: number;
  readonly body: Uint8Array;
};

/**
 * Reads the records of a datagram up to the first malformed one; `isWhole` is false if there is one.
 *
 * ```
 * type (1) | version (2) | epoch (2) | sequence number (6) | length (2) | body
 * ```
 */
export function readRecords(datagram: Uint8Array): {
  readonly records: readonly DtlsRecord[];
  readonly isWhole: boolean;
} {
  const reader = new OctetReader(datagram);
  const records: DtlsRecord[] = [];
  while (reader.left > 0 && records.length < mostRecords) {
    const record = readRecord(reader);
    if (record === undefined) return { records, isWhole: false };
    records.push(record);
  }
  return { records, isWhole: reader.left === 0 };
}

function readRecord(reader: OctetReader): DtlsRecord | undefined {
  const type = reader.number(1);
  const version = reader.number(2);
  const epoch = reader.number(2);
  const sequence = reader.number(6);
  const body = reader.vector(2);
  const isOurs = version === dtls12 || version === dtls10;
  return reader.isShort || !isOurs || body.length > mostOctets ? undefined : { type, version, epoch, sequence, body };
}

/** A record's octets. */
export const writeRecord = ({ type, version, epoch, sequence, body }: DtlsRecord): Uint8Array =>
  joined(number(1, type), number(2, version), number(2, epoch), number(6, sequence), number(2, body.length), body);
