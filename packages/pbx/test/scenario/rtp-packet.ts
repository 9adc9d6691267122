import { createHash } from "node:crypto";

export const samplesAPacket = 160;

/** A short name that only this payload has. */
export const nameOf = (payload: Uint8Array): string => createHash("sha256").update(payload).digest("hex").slice(0, 16);

/** An RTP packet (RFC 3550 section 5.1) of 20 ms. */
export function rtpPacket(payloadType: number, count: number, payload: Uint8Array): Uint8Array {
  const packet = new Uint8Array(12 + payload.length);
  const view = new DataView(packet.buffer);
  view.setUint8(0, 0x80);
  view.setUint8(1, payloadType);
  view.setUint16(2, count & 0xffff);
  view.setUint32(4, count * samplesAPacket);
  view.setUint32(8, 0x1234_5678);
  packet.set(payload, 12);
  return packet;
}
