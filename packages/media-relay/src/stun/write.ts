import { crc32 } from "node:zlib";
import type { Address } from "../kernel/datagrams.ts";
import { xorMapped } from "./address.ts";
import { integrityBytes, integrityOf } from "./integrity.ts";
import { attribute, magicCookie, messageType, padded, stunHeaderBytes, transactionOf, viewOf } from "./message.ts";
import type { IceRole } from "./request.ts";

type Attribute = readonly [type: number, value: Uint8Array];

/** RFC 8489 section 14.7. */
const fingerprintMask = 0x5354554e;
/** RFC 8445 section 5.1.2.2: the priority of a peer-reflexive candidate of the first component. */
const reflexivePriority = ((110 << 24) | (65_535 << 8) | 255) >>> 0;
const sealBytes = 4 + integrityBytes + 8;

/** What a connectivity check of ours says, RFC 8445 section 7.1. It nominates nothing. */
export type OwnRequest = {
  readonly transaction: Uint8Array;
  /** Their user fragment, a colon, ours. */
  readonly username: string;
  readonly role: IceRole;
  readonly tieBreaker: bigint;
  /** Theirs. */
  readonly password: string;
};

/** Writes a binding request. */
export function writeRequest({ transaction, username, role, tieBreaker, password }: OwnRequest): Uint8Array {
  const priority = new Uint8Array(4);
  viewOf(priority).setUint32(0, reflexivePriority);
  const part = new Uint8Array(8);
  viewOf(part).setBigUint64(0, tieBreaker);
  const attributes: readonly Attribute[] = [
    [attribute.username, Buffer.from(username, "latin1")],
    [attribute.priority, priority],
    [attribute[role], part],
  ];
  return sealed(messageType.request, transaction, attributes, password);
}

/**
 * Writes the success response to a binding request, RFC 8445 section 7.3.
 * @param password the one that the request was made with.
 */
export function writeSuccess(request: Uint8Array, from: Address, password: string): Uint8Array {
  const transaction = transactionOf(request);
  const attributes: readonly Attribute[] = [[attribute.mappedAddress, xorMapped(from, transaction)]];
  return sealed(messageType.success, transaction, attributes, password);
}

/** A message with MESSAGE-INTEGRITY and FINGERPRINT at its end. */
function sealed(type: number, transaction: Uint8Array, attributes: readonly Attribute[], password: string): Uint8Array {
  const bodyBytes = attributes.reduce((sum, [, value]) => sum + 4 + padded(value.length), 0);
  const p = new Uint8Array(stunHeaderBytes + bodyBytes + sealBytes);
  const view = viewOf(p);
  view.setUint16(0, type);
  view.setUint16(2, bodyBytes + sealBytes);
  view.setUint32(4, magicCookie);
  p.set(transaction, 8);
  const at = attributes.reduce((place, one) => put(p, place, one), stunHeaderBytes);
  const integrityEnd = put(p, at, [attribute.integrity, integrityOf(p, at + 4, password)]);
  const fingerprint = crc32(p.subarray(0, integrityEnd)) ^ fingerprintMask;
  view.setUint16(integrityEnd, attribute.fingerprint);
  view.setUint16(integrityEnd + 2, 4);
  view.setUint32(integrityEnd + 4, fingerprint);
  return p;
}

/** Writes an attribute. @returns where the next one begins. */
function put(p: Uint8Array, at: number, [type, value]: Attribute): number {
  const view = viewOf(p);
  view.setUint16(at, type);
  view.setUint16(at + 2, value.length);
  p.set(value, at + 4);
  return at + 4 + padded(value.length);
}
