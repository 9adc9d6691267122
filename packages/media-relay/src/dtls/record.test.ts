import { expect, test } from "vitest";
import { joined } from "./octets.ts";
import { type DtlsRecord, readRecords, writeRecord } from "./record.ts";
import { protectRecord, unprotectRecord } from "./record-cipher.ts";

const record: DtlsRecord = { type: 22, version: 0xfefd, epoch: 1, sequence: 2 ** 40 + 3, body: Uint8Array.of(1, 2, 3) };
const keys = { key: new Uint8Array(16).fill(1), salt: new Uint8Array(4).fill(2) };

test("the records of a datagram are read up to the first that cannot be", () => {
  const two = joined(writeRecord(record), writeRecord({ ...record, epoch: 0, sequence: 4 }));
  expect(readRecords(two)).toEqual({ records: [record, { ...record, epoch: 0, sequence: 4 }], isWhole: true });
  expect(readRecords(two.subarray(0, -1))).toMatchObject({ records: [record], isWhole: false });
  expect(readRecords(joined(two, Uint8Array.of(22)))).toMatchObject({ isWhole: false });
  expect(readRecords(new Uint8Array(0))).toEqual({ records: [], isWhole: true });
});

test("at most 32 records of a datagram are read", () => {
  const many = joined(...Array.from({ length: 40 }, () => writeRecord(record)));
  const { records, isWhole } = readRecords(many);
  expect([records.length, isWhole]).toEqual([32, false]);
});

test("a protected record is read by its keys alone, and as it was sent alone", () => {
  const sealed = protectRecord(keys, record);
  expect(unprotectRecord(keys, sealed)).toEqual(record.body);
  expect(unprotectRecord({ ...keys, key: new Uint8Array(16) }, sealed)).toBeUndefined();
  expect(unprotectRecord(keys, { ...sealed, sequence: 5 })).toBeUndefined();
  expect(unprotectRecord(keys, { ...sealed, type: 21 })).toBeUndefined();
  expect(unprotectRecord(keys, { ...sealed, body: sealed.body.with(12, sealed.body[12]! ^ 1) })).toBeUndefined();
  expect(unprotectRecord(keys, { ...sealed, body: new Uint8Array(10) })).toBeUndefined();
});
