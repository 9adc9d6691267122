import type { RefusalReason } from "../kernel/refusals.ts";

/** Octets of an RTP header without contributing sources and extension. */
export const rtpHeaderBytes = 12;
/** The longest datagram that is taken for media: an Ethernet frame's payload. */
export const maxPacketBytes = 1500;
/** Ticks a millisecond of the 8 kHz clock that PCMU and telephone-event share. */
export const ticksPerMs = 8;

/**
 * An RTP packet read and written where it lies, RFC 3550 section 5.1. Nothing here checks lengths: `rtpFault` does, once.
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * |V=2|P|X|  CC   |M|     PT      |       sequence number         |
 * |                           timestamp                           |
 * |           synchronization source (SSRC) identifier            |
 */
export const rtp = {
  version: (p: Uint8Array): number => p[0]! >>> 6,
  marker: (p: Uint8Array): boolean => (p[1]! & 0x80) !== 0,
  payloadType: (p: Uint8Array): number => p[1]! & 0x7f,
  seq: (p: Uint8Array): number => (p[2]! << 8) | p[3]!,
  timestamp: (p: Uint8Array): number => read32(p, 4),
  ssrc: (p: Uint8Array): number => read32(p, 8),
  setMarker: (p: Uint8Array): void => {
    p[1] = p[1]! | 0x80;
  },
  setPayloadType: (p: Uint8Array, v: number): void => {
    p[1] = (p[1]! & 0x80) | v;
  },
  setSeq: (p: Uint8Array, v: number): void => {
    p[2] = v >>> 8;
    p[3] = v;
  },
  setTimestamp: (p: Uint8Array, v: number): void => write32(p, 4, v),
  setSsrc: (p: Uint8Array, v: number): void => write32(p, 8, v),
  /** Octets before the payload: header, contributing sources, extension. */
  headerLength: (p: Uint8Array): number => {
    const base = rtpHeaderBytes + 4 * (p[0]! & 0x0f);
    return (p[0]! & 0x10) === 0 ? base : base + 4 + 4 * (((p[base + 2] ?? 0) << 8) | (p[base + 3] ?? 0));
  },
  /** Octets of padding at the end, counted by the last of them. */
  paddingLength: (p: Uint8Array): number => ((p[0]! & 0x20) === 0 ? 0 : p[p.length - 1]!),
} as const;

const read32 = (p: Uint8Array, at: number): number =>
  ((p[at]! << 24) | (p[at + 1]! << 16) | (p[at + 2]! << 8) | p[at + 3]!) >>> 0;

const write32 = (p: Uint8Array, at: number, v: number): void => {
  p[at] = v >>> 24;
  p[at + 1] = v >>> 16;
  p[at + 2] = v >>> 8;
  p[at + 3] = v;
};

/**
 * Why a datagram cannot be an RTP packet; `undefined` when it is one (RFC 3550 appendix A.1). Its payload can be empty: some
 * keep their path open that way (RFC 6263 section 4.1).
 */
export function rtpFault(p: Uint8Array): RefusalReason | undefined {
  if (p.length < rtpHeaderBytes) return "too-short";
  if (p.length > maxPacketBytes) return "oversized";
  if (rtp.version(p) !== 2) return "not-rtp-version-2";
  const padding = rtp.paddingLength(p);
  const paddingBroken = (p[0]! & 0x20) !== 0 && padding === 0;
  return paddingBroken || rtp.headerLength(p) + padding > p.length ? "malformed" : undefined;
}

/** Whether a packet, in its plain form, has no payload. */
export const isEmpty = (p: Uint8Array): boolean => p.length === rtpHeaderBytes;

/** The payload, as a view. */
export const rtpPayload = (p: Uint8Array): Uint8Array =>
  p.subarray(rtp.headerLength(p), p.length - rtp.paddingLength(p));

/** What a packet is made of when it is made here. */
export type RtpFields = {
  readonly payloadType: number;
  readonly marker?: boolean;
  readonly seq: number;
  readonly timestamp: number;
  readonly ssrc: number;
};

/** A new packet with a 12-octet header. */
export function makeRtp(fields: RtpFields, payload: Uint8Array): Uint8Array {
  const packet = new Uint8Array(rtpHeaderBytes + payload.length);
  packet[0] = 0x80;
  packet[1] = fields.payloadType | (fields.marker === true ? 0x80 : 0);
  rtp.setSeq(packet, fields.seq);
  rtp.setTimestamp(packet, fields.timestamp);
  rtp.setSsrc(packet, fields.ssrc);
  packet.set(payload, rtpHeaderBytes);
  return packet;
}
