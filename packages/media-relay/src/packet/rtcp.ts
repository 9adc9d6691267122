import type { Parsed } from "../kernel/parsed.ts";

const versionBits = 0x80;
const type = { senderReport: 200, receiverReport: 201, sourceDescription: 202, bye: 203 } as const;

/** What a receiver says of one source, RFC 3550 section 6.4.1. Times are in units of 1/65536 s. */
export type ReportBlock = {
  readonly ssrc: number;
  /** Lost since the last report, in 1/256. */
  readonly fractionLost: number;
  /** Lost in all; negative when duplicates outnumber losses. */
  readonly lost: number;
  readonly highestSeq: number;
  readonly jitterTicks: number;
  /** Middle 32 bits of the NTP time of the last sender report; 0 when there was none. */
  readonly lastSr: number;
  readonly delaySinceLastSr: number;
};

/** What a sender says of itself, RFC 3550 section 6.4.1. */
export type SenderInfo = {
  readonly ntpSeconds: number;
  readonly ntpFraction: number;
  readonly timestamp: number;
  readonly packets: number;
  readonly octets: number;
};

/** One report of a compound packet. */
export type Report = {
  readonly ssrc: number;
  readonly sender?: SenderInfo;
  readonly blocks: readonly ReportBlock[];
};

/** What of a compound packet concerns the relay; other packet types in it are passed over. */
export type Compound = { readonly reports: readonly Report[]; readonly byes: readonly number[] };

/** What a compound packet of ours says: one report, one source description and, at the end of a stream, BYE. */
export type OwnReport = {
  readonly ssrc: number;
  readonly cname: string;
  readonly sender?: SenderInfo;
  readonly block?: ReportBlock;
  readonly bye?: boolean;
};

/** Milliseconds since the Unix epoch as NTP seconds and fraction, RFC 3550 section 4. */
export function ntpOf(epochMs: number): { readonly ntpSeconds: number; readonly ntpFraction: number } {
  const seconds = Math.floor(epochMs / 1000);
  const fraction = Math.floor(((epochMs - seconds * 1000) / 1000) * 2 ** 32);
  return { ntpSeconds: (seconds + 2_208_988_800) >>> 0, ntpFraction: fraction >>> 0 };
}

/** The middle 32 bits of an NTP time: units of 1/65536 s on a circle of 18 hours. */
export const middleOf = (ntp: { readonly ntpSeconds: number; readonly ntpFraction: number }): number =>
  (((ntp.ntpSeconds & 0xffff) << 16) | (ntp.ntpFraction >>> 16)) >>> 0;

/** Writes a compound packet: SR or RR first, then SDES with CNAME, then BYE (RFC 3550 section 6.1). */
export function makeCompound(own: OwnReport): Uint8Array {
  const parts = [reportPart(own), descriptionPart(own)];
  if (own.bye === true) parts.push(byePart(own.ssrc));
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function openPart(packetType: number, count: number, length: number): DataView<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(length));
  view.setUint8(0, versionBits | count);
  view.setUint8(1, packetType);
  view.setUint16(2, length / 4 - 1);
  return view;
}

const bytesOf = (view: DataView<ArrayBuffer>): Uint8Array => new Uint8Array(view.buffer);

function reportPart(own: OwnReport): Uint8Array {
  const { sender, block } = own;
  const count = block === undefined ? 0 : 1;
  const blockAt = sender === undefined ? 8 : 28;
  const packetType = sender === undefined ? type.receiverReport : type.senderReport;
  const view = openPart(packetType, count, blockAt + 24 * count);
  view.setUint32(4, own.ssrc);
  if (sender !== undefined) writeSender(view, sender);
  if (block !== undefined) writeBlock(view, blockAt, block);
  return bytesOf(view);
}

function writeSender(view: DataView, sender: SenderInfo): void {
  view.setUint32(8, sender.ntpSeconds);
  view.setUint32(12, sender.ntpFraction);
  view.setUint32(16, sender.timestamp);
  view.setUint32(20, sender.packets);
  view.setUint32(24, sender.octets);
}

function writeBlock(view: DataView, at: number, block: ReportBlock): void {
  view.setUint32(at, block.ssrc);
  view.setInt32(at + 4, Math.max(-0x80_0000, Math.min(0x7f_ffff, block.lost)));
  view.setUint8(at + 4, block.fractionLost);
  view.setUint32(at + 8, block.highestSeq);
  view.setUint32(at + 12, block.jitterTicks);
  view.setUint32(at + 16, block.lastSr);
  view.setUint32(at + 20, block.delaySinceLastSr);
}

function descriptionPart(own: OwnReport): Uint8Array {
  const name = new TextEncoder().encode(own.cname);
  const view = openPart(type.sourceDescription, 1, Math.ceil((8 + 2 + name.length + 1) / 4) * 4);
  view.setUint32(4, own.ssrc);
  view.setUint8(8, 1);
  view.setUint8(9, name.length);
  const bytes = bytesOf(view);
  bytes.set(name, 10);
  return bytes;
}

function byePart(ssrc: number): Uint8Array {
  const view = openPart(type.bye, 1, 8);
  view.setUint32(4, ssrc);
  return bytesOf(view);
}

/** Reads a compound packet, RFC 3550 section 6.1 and appendix A.2: each part's version and length, reports and BYE. */
export function readCompound(bytes: Uint8Array): Parsed<Compound> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const reports: Report[] = [];
  const byes: number[] = [];
  let at = 0;
  while (at < bytes.length) {
    const length = partLength(view, at);
    if (length === undefined) return { ok: false, at, why: "a part has another version or is longer than the packet" };
    const part = new DataView(bytes.buffer, bytes.byteOffset + at, length);
    if (!readPart(part, reports, byes)) return { ok: false, at, why: "a part is shorter than its count says" };
    at += length;
  }
  return bytes.length === 0 ? { ok: false, at: 0, why: "empty" } : { ok: true, value: { reports, byes } };
}

function partLength(view: DataView, at: number): number | undefined {
  if (at + 4 > view.byteLength || view.getUint8(at) >>> 6 !== 2) return undefined;
  const length = 4 * (view.getUint16(at + 2) + 1);
  return at + length <= view.byteLength ? length : undefined;
}

function readPart(part: DataView, reports: Report[], byes: number[]): boolean {
  const count = part.getUint8(0) & 0x1f;
  const packetType = part.getUint8(1);
  if (packetType === type.bye) return readByes(part, count, byes);
  const isSender = packetType === type.senderReport;
  if (!isSender && packetType !== type.receiverReport) return true;
  const blockAt = isSender ? 28 : 8;
  if (part.byteLength < blockAt + 24 * count) return false;
  const blocks = Array.from({ length: count }, (_, index) => readBlock(part, blockAt + 24 * index));
  reports.push({ ssrc: part.getUint32(4), ...(isSender && { sender: readSender(part) }), blocks });
  return true;
}

function readByes(part: DataView, count: number, byes: number[]): boolean {
  if (part.byteLength < 4 + 4 * count) return false;
  for (let index = 0; index < count; index += 1) byes.push(part.getUint32(4 + 4 * index));
  return true;
}

const readSender = (part: DataView): SenderInfo => ({
  ntpSeconds: part.getUint32(8),
  ntpFraction: part.getUint32(12),
  timestamp: part.getUint32(16),
  packets: part.getUint32(20),
  octets: part.getUint32(24),
});

const readBlock = (part: DataView, at: number): ReportBlock => ({
  ssrc: part.getUint32(at),
  fractionLost: part.getUint8(at + 4),
  lost: (part.getInt32(at + 4) << 8) >> 8,
  highestSeq: part.getUint32(at + 8),
  jitterTicks: part.getUint32(at + 12),
  lastSr: part.getUint32(at + 16),
  delaySinceLastSr: part.getUint32(at + 20),
});
