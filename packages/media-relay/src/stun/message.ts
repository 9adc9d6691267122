/*
 * A STUN message, RFC 8489 section 5:
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |0 0|     STUN Message Type     |         Message Length        |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                         Magic Cookie                          |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                     Transaction ID (96 bits)                  |
 *   |                                                               |
 *   |                                                               |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * followed by attributes of a type and a length of 16 bits each, their values padded to 32 bits.
 */

/** Octets before the first attribute. */
export const stunHeaderBytes = 20;
/** Octets of a transaction id. */
export const transactionBytes = 12;
/** The number that every message of RFC 8489 carries. */
export const magicCookie = 0x2112a442;
/** Messages of ICE have some 150 octets; one of this length would not reach us in one piece. */
const mostStunBytes = 1500;

/** The message types of the method Binding. */
export const messageType = { request: 0x0001, indication: 0x0011, success: 0x0101, failure: 0x0111 } as const;

/** The attribute types that ICE uses, RFC 8489 section 14 and RFC 8445 section 7.1. */
export const attribute = {
  username: 0x0006,
  integrity: 0x0008,
  errorCode: 0x0009,
  mappedAddress: 0x0020,
  priority: 0x0024,
  useCandidate: 0x0025,
  fingerprint: 0x8028,
  controlled: 0x8029,
  controlling: 0x802a,
} as const;

/** Whether a datagram has the outer form of a STUN message: its cookie and its length. */
export function isStunMessage(p: Uint8Array): boolean {
  const view = viewOf(p);
  if (p.length < stunHeaderBytes || p.length > mostStunBytes) return false;
  return view.getUint32(4) === magicCookie && view.getUint16(2) === p.length - stunHeaderBytes;
}

/** The type of a STUN message: class and method together. */
export const typeOf = (p: Uint8Array): number => (p[0]! << 8) | p[1]!;

/** The transaction id of a STUN message. */
export const transactionOf = (p: Uint8Array): Uint8Array => p.subarray(8, stunHeaderBytes);

/** Takes one attribute: its type, where its value lies and how long it is. Returns whether to go on. */
export type VisitAttribute = (type: number, at: number, length: number) => boolean;

/** Visits the attributes in order. @returns false when one reaches beyond the message. */
export function visitAttributes(p: Uint8Array, visit: VisitAttribute): boolean {
  const view = viewOf(p);
  let at = stunHeaderBytes;
  while (at + 4 <= p.length) {
    const length = view.getUint16(at + 2);
    if (at + 4 + length > p.length) return false;
    if (!visit(view.getUint16(at), at + 4, length)) return true;
    at += 4 + padded(length);
  }
  return true;
}

/** The octets that an attribute's value takes up. */
export const padded = (length: number): number => Math.ceil(length / 4) * 4;

/** The same octets, to be read as numbers. */
export const viewOf = (p: Uint8Array): DataView => new DataView(p.buffer, p.byteOffset, p.byteLength);
